using System.Text.Json;
using Evergrain.Gateway.Cluster;
using Evergrain.Gateway.Webhooks;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>gateway-b asks gateway-a over HTTP.</summary>
public class NeighboursTests
{
    /// <summary>What gateway-a's address answers, and whether it counts.</summary>
    [Theory]
    [InlineData("events", true)]
    [InlineData("none", false)]
    [InlineData("stranger", false)] // the address is another gateway's
    [InlineData("html", false)]
    [InlineData("404", false)]
    [InlineData("hang", false)]
    [InlineData("dead", false)]
    public async Task Ask_Answer_CountsOnlyWithoutAnyDoubt(string answer, bool counts)
    {
        await using var robot = await Robot.StartAsync(context => AnswerAsync(context, answer));
        var address = answer == "dead" ? "http://127.0.0.1:1" : robot.Url.GetLeftPart(UriPartial.Authority);
        var config = ConfigLoader.Parse(
            $"gateways:\n  - {{ name: gateway-a, listen: ['{address}'] }}\n  - {{ name: gateway-b, listen: [http://127.0.0.1:2] }}\n", "/x/evergrain.yaml");
        using var http = new HttpClient();

        var timelines = await new Neighbours(config, "gateway-b", http, TimeProvider.System).AskAsync(TestContext.Current.CancellationToken);

        Assert.Equal(counts ? ["gateway-a:5"] : [], timelines.Select(t => t.Stamp));
        Assert.All(timelines, t => Assert.Equal(("lost", 30), (t.Events.Single().Event.Kind, (int)t.Events.Single().Age.TotalSeconds)));
    }

    private static Task AnswerAsync(HttpContext context, string answer)
    {
        Assert.Equal("/v1/cluster/events?follow=false", context.Request.Path + context.Request.QueryString.Value);
        context.Response.Headers.Date = Alerts.Noon.AddSeconds(30).ToString("R", null);
        return answer switch
        {
            "none" => context.Response.WriteAsync("[]"),
            "html" => context.Response.WriteAsync("<html>"),
            "hang" => Task.Delay(Timeout.Infinite, context.RequestAborted),
            "404" => Task.FromResult(context.Response.StatusCode = 404),
            _ => context.Response.WriteAsync(JsonSerializer.Serialize(
                [
                    new EventAnswer
                    {
                        Id = "gateway-a:5:9",
                        At = Alerts.Noon,
                        Kind = "lost",
                        Silo = "silo-a",
                        BootId = 7,
                        Cause = "",
                        Evidence = "",
                        InFlight = 0,
                        Gateway = answer == "stranger" ? "gateway-c" : "gateway-a",
                    },
                ],
                ClusterJson.Default.IReadOnlyListEventAnswer)),
        };
    }
}
