using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Configuration;

public class WebhookSectionTests
{
    [Fact]
    public void Parse_UrlAlone_DefaultsOfTheWarningKind()
    {
        var hook = Parse("- { url: 'https://example.cn/hook?key=1' }").Webhooks.Single();

        Assert.Equal((WebhookFormat.Json, "https://example.cn/hook?key=1", null, TimeSpan.FromMinutes(10)),
            (hook.Format, hook.Url.AbsoluteUri, hook.Secret, hook.RepeatAfter));
        Assert.Equal(
            [
                AlertClass.SiloLost, AlertClass.SiloFailed, AlertClass.SiloEjected, AlertClass.SiloFull, AlertClass.SiloBack, AlertClass.Poison,
                AlertClass.Database,
            ],
            hook.Events);
    }

    [Fact]
    public void Parse_EverySetting_IsRead()
    {
        var hook = Parse("- { url: 'http://h/x', format: dingtalk, secret: SEC1, events: [failover, silo_draining, failover], repeatAfter: 90s }").Webhooks.Single();

        Assert.Equal((WebhookFormat.DingTalk, "SEC1", TimeSpan.FromSeconds(90)), (hook.Format, hook.Secret, hook.RepeatAfter));
        Assert.Equal([AlertClass.Failover, AlertClass.SiloDraining], hook.Events);
    }

    [Fact]
    public void Parse_VariablesThatAreSet_StandInUrlAndSecret()
    {
        Environment.SetEnvironmentVariable("EVERGRAIN_TEST_TOKEN", "t0ken");
        var config = Parse("- { url: 'http://h/x?a=${EVERGRAIN_TEST_TOKEN}&b=1', format: feishu, secret: '${EVERGRAIN_TEST_TOKEN}' }");

        Assert.Equal(("http://h/x?a=t0ken&b=1", "t0ken"), (config.Webhooks[0].Url.AbsoluteUri, config.Webhooks[0].Secret));
        Assert.Same(config, config.RequireVariables());
    }

    [Fact]
    public void RequireVariables_SomeAreNotSet_AllNamedWithTheirLines()
    {
        var config = Parse("- url: 'http://h/${EVERGRAIN_TEST_NONE_1}'\n    format: feishu\n    secret: '${EVERGRAIN_TEST_NONE_2}'");

        var error = Assert.Throws<ConfigException>(config.RequireVariables);

        Assert.Equal(
            [(2, "webhooks[0].url: the environment variable EVERGRAIN_TEST_NONE_1 is not set"), (4, "webhooks[0].secret: the environment variable EVERGRAIN_TEST_NONE_2 is not set")],
            error.Errors.Select(e => (e.Line, e.Message)));
    }

    [Theory]
    [InlineData("- { url: 'nowhere?token=s3cret' }")]
    [InlineData("- { url: 'http://h/', format: wecom, secret: s3cret }")]
    public void Parse_WrongEntry_ErrorHidesUrlAndSecret(string entry)
        => Assert.DoesNotContain("s3cret", Assert.Throws<ConfigException>(() => Parse(entry)).Message, StringComparison.Ordinal);

    [Fact]
    public void ToString_HasNoToken()
        => Assert.Equal("Feishu at open.feishu.cn",
            Parse("- { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/s3cret', format: feishu, secret: s3cret }").Webhooks[0].ToString());

    private static EvergrainConfig Parse(string entries) => ConfigLoader.Parse($"webhooks:\n  {entries}\n", "/x/evergrain.yaml");
}
