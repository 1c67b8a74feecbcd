using System.Text;
using System.Text.Json;
using Evergrain.Client.Events;
using Evergrain.Gateway.Webhooks;
using Evergrain.Gateway.Webhooks.Formats;
using Evergrain.Hosting.Configuration;
using Evergrain.UnitTests.Gateway.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>What is posted, byte for byte. Signatures were computed apart with the services' own Python examples.</summary>
public class FormatTests
{
    private const string Secret = "SECthis is secret";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1732456800123);

    private static readonly AlertMessage Message = new()
    {
        Level = AlertLevel.Alarm,
        Title = "Evergrain 告警:silo-a 失联",
        Lines = ["**silo-a 失联**", "- 原因:\"x\""],
        Alerts = [new Alert { Event = Alerts.Event(ClusterEventKind.Lost, inFlight: 3, evidence: "seen"), Class = AlertClass.SiloLost }],
    };

    [Theory]
    [InlineData("https://oapi.dingtalk.com/robot/send?access_token=t", null, "https://oapi.dingtalk.com/robot/send?access_token=t")]
    [InlineData("https://oapi.dingtalk.com/robot/send?access_token=t", Secret,
        "https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1732456800123&sign=xRrJzEFtINdRAy1BWZ8YKjmsQ%2BObxrw7Cd5TEtmHx4g%3D")]
    [InlineData("http://h/", Secret, "http://h/?timestamp=1732456800123&sign=xRrJzEFtINdRAy1BWZ8YKjmsQ%2BObxrw7Cd5TEtmHx4g%3D")]
    public void DingTalk_Message_MarkdownSignedInTheAddress(string url, string? secret, string address)
    {
        var request = new DingTalkFormat().Write(Message, Hook(url, secret), Now);

        Assert.Equal(address, request.Url.AbsoluteUri);
        Assert.Equal(
            """{"msgtype":"markdown","markdown":{"title":"Evergrain 告警:silo-a 失联","text":"### Evergrain 告警:silo-a 失联\n\n**silo-a 失联**\n\n- 原因:\"x\""}}""",
            request.Body);
    }

    [Theory]
    [InlineData("Alarm", "warning")]
    [InlineData("AllClear", "info")]
    [InlineData("Notice", "comment")]
    public void WeCom_Message_MarkdownInColour(string level, string colour)
    {
        var request = new WeComFormat().Write(Message with { Level = Enum.Parse<AlertLevel>(level) }, Hook("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"), Now);

        Assert.Equal("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", request.Url.AbsoluteUri);
        Assert.Equal(
            $$$"""{"msgtype":"markdown","markdown":{"content":"### <font color=\"{{{colour}}}\">Evergrain 告警:silo-a 失联</font>\n**silo-a 失联**\n- 原因:\"x\""}}""",
            request.Body);
    }

    [Fact]
    public void WeCom_LongMessage_NoMoreThanItTakes()
    {
        var message = Message with { Lines = [.. Enumerable.Repeat(new string('长', 100), 50)] };

        var body = JsonSerializer.Deserialize<JsonElement>(new WeComFormat().Write(message, Hook("http://h/"), Now).Body);

        var content = body.GetProperty("markdown").GetProperty("content").GetString()!;
        Assert.InRange(Encoding.UTF8.GetByteCount(content), 3500, 4096);
        Assert.EndsWith("长\n…", content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Alarm", "", "red")]
    [InlineData(null, "AllClear", "", "green")]
    [InlineData(Secret, "Notice", "\"timestamp\":\"1732456800\",\"sign\":\"lX/TbLSvPhV2Uxgy2ViBPM0hdiAxJ1lC8VfA72jkj2I=\",", "blue")]
    public void Feishu_Message_CardSignedInTheBody(string? secret, string level, string signature, string template)
    {
        var request = new FeishuFormat().Write(Message with { Level = Enum.Parse<AlertLevel>(level) }, Hook("https://open.feishu.cn/open-apis/bot/v2/hook/t", secret), Now);

        Assert.Equal("https://open.feishu.cn/open-apis/bot/v2/hook/t", request.Url.AbsoluteUri);
        Assert.Equal(
            $$$"""{{{{signature}}}"msg_type":"interactive","card":{"header":{"title":{"tag":"plain_text","content":"Evergrain 告警:silo-a 失联"},"""
            + $$$""" "template":"{{{template}}}"},"elements":[{"tag":"markdown","content":"**silo-a 失联**\n- 原因:\"x\""}]}}""".TrimStart(),
            request.Body);
    }

    [Fact]
    public void Json_Message_TheEventsThemselves()
    {
        var format = new JsonFormat("evergrain", "gateway-a", EventStreamTests.Ids("gateway-a", new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(1))));

        var body = JsonSerializer.Deserialize<JsonElement>(format.Write(Message, Hook("http://h/"), Now).Body);

        Assert.True(JsonElement.DeepEquals(
            JsonSerializer.Deserialize<JsonElement>("""
                {"cluster":"evergrain","gateway":"gateway-a","title":"Evergrain 告警:silo-a 失联","events":[{"id":"gateway-a:1000:1","at":"2026-11-24T12:00:00+00:00",
                "kind":"lost","silo":"silo-a","boot_id":7,"cause":"its connection closed","evidence":"seen","in_flight":3,"gateway":"gateway-a"}]}
                """),
            body), body.GetRawText());
    }

    [Theory]
    [InlineData("dingtalk", """{"errcode":0,"errmsg":"ok"}""", null)]
    [InlineData("dingtalk", """{"errcode":310000,"errmsg":"sign not match"}""", "errcode 310000: sign not match")]
    [InlineData("wecom", """{"errcode":0,"errmsg":"ok"}""", null)]
    [InlineData("wecom", """{"errcode":45009,"errmsg":"api freq out of limit"}""", "errcode 45009: api freq out of limit")]
    [InlineData("feishu", """{"code":0,"msg":"success","data":{}}""", null)]
    [InlineData("feishu", """{"StatusCode":0,"StatusMessage":"success"}""", null)]
    [InlineData("feishu", """{"code":19021,"msg":"sign match fail"}""", "code 19021: sign match fail")]
    [InlineData("json", "anything", null)]
    public void Complaint_Answer_WhatTheRobotSays(string format, string answer, string? complaint) => Assert.Equal(complaint, Format(format).Complaint(answer));

    [Theory]
    [InlineData("dingtalk", "<html>")]
    [InlineData("wecom", "{}")]
    [InlineData("feishu", "[0]")]
    [InlineData("feishu", """{"code":"0"}""")]
    public void Complaint_NotTheRobotsAnswer_IsNotTakenForAYes(string format, string answer)
        => Assert.ThrowsAny<JsonException>(() => Format(format).Complaint(answer));

    private static IWebhookFormat Format(string name) => name switch
    {
        "dingtalk" => new DingTalkFormat(),
        "wecom" => new WeComFormat(),
        "feishu" => new FeishuFormat(),
        _ => new JsonFormat("", "", EventStreamTests.Ids("gateway-a", TimeProvider.System)),
    };

    private static WebhookConfig Hook(string url, string? secret = null) => new() { Url = new Uri(url), Secret = secret };
}
