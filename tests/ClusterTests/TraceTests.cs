using System.Net.Http.Json;

namespace Evergrain.ClusterTests;

[Collection(TracedCluster.Name)]
public sealed class TraceTests(CallerTests.Connected connected)
{
    [Fact]
    public async Task Predict_Traced_GatewayAttemptGrainAndTheBatchInOneTrace()
    {
        var collector = connected.Collector;
        using var http = new HttpClient { BaseAddress = connected.Cluster.GatewayA };
        http.DefaultRequestHeaders.Authorization = new("Bearer", CallerTests.Connected.Key);
        var trace = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { text = "很好，很满意" }) };
        // The caller decides: with a ratio of 0 nothing else is traced.
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var silo = response.Headers.GetValues("X-Served-By").Single();

        await Poll.UntilAsync(() => collector.Spans.Any(s => s.Name == "evergrain.batch") && collector.Spans.Any(s => s.Parent == "00f067aa0ba902b7"),
            TimeSpan.FromSeconds(20), "spans of gateway and silo", () => string.Join('\n', collector.Spans));
        Assert.All(collector.Spans, s => Assert.Equal(trace, s.Trace));
        var root = Assert.Single(collector.Spans, s => s.Parent == "00f067aa0ba902b7");
        var attempt = Assert.Single(collector.Spans, s => s.Name == "evergrain.attempt");
        var batch = Assert.Single(collector.Spans, s => s.Name == "evergrain.batch");
        Assert.Equal(("gateway-a", "gateway-a", silo), (root.Service, attempt.Service, batch.Service));
        Assert.Equal((silo, "Answered"), (attempt.Tags["evergrain.silo"], attempt.Tags["evergrain.outcome"]));
        Assert.Equal("cpu", batch.Tags["evergrain.device"]);
        // One way from the batch back to the caller's request.
        var byId = collector.Spans.ToDictionary(s => s.Id);
        var way = new List<string>();
        for (var span = batch; span is not null; span = byId.GetValueOrDefault(span.Parent)) way.Add(span.Service);
        Assert.Equal([silo, silo, "gateway-a", "gateway-a", "gateway-a"], way);
        Assert.DoesNotContain(collector.Spans, s => s.Tags.Values.Any(v => v.Contains("很好", StringComparison.Ordinal)));
    }
}
