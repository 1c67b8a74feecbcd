using System.Diagnostics.Metrics;
using Evergrain.Gateway;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Gateway;

public class SourceNamesTests
{
    [Fact]
    public void Of_MoreThanTheMost_LaterOnesAreOther()
    {
        var names = new SourceNames();
        Assert.Equal([("a", true), ("b", true), ("a", false), ("other", true), ("other", false), ("b", false)],
            new[] { "a", "b", "a", "c", "d", "b" }.Select(source => names.Of(source, most: 2)));
    }

    [Theory]
    [InlineData(0, "other")]
    [InlineData(1, "a")]
    public void Of_Most_IsKept(int most, string name) => Assert.Equal((name, true), new SourceNames().Of("a", most));

    [Fact]
    public void Of_CallerSaysOther_TakesNobodysPlace()
    {
        var names = new SourceNames();
        Assert.Equal([("other", true), ("a", true), ("other", false)], new[] { "other", "a", "b" }.Select(source => names.Of(source, most: 1)));
    }

    [Theory]
    [InlineData(1, "a", "b", "other")] // fewer: who has a name keeps it
    [InlineData(5, "a", "b", "c")]
    public void Of_MostChangesMeanwhile_CountsFromThenOn(int most, params string[] expected)
    {
        var names = new SourceNames();
        names.Of("a", 2);
        names.Of("b", 2);
        names.Of("c", 2);
        Assert.Equal(expected, new[] { "a", "b", "c" }.Select(source => names.Of(source, most).Name));
    }

    [Fact]
    public void Of_ManyThreads_NeverMoreThanTheMost()
    {
        var names = new SourceNames();
        var found = new System.Collections.Concurrent.ConcurrentBag<(string Name, bool IsNew)>();
        Parallel.For(0, 20_000, i => found.Add(names.Of($"s{i % 500}", most: 100)));
        Assert.Equal(101, found.Select(f => f.Name).Distinct().Count());
        Assert.Equal(101, found.Count(f => f.IsNew));
    }

    /// <summary>Prometheus takes the first value of a series for its beginning, not for an increase.</summary>
    [Fact]
    public void SourceSeen_Labels_EachBeginsWithZero()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var counted = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "evergrain.gateway.sources" && instrument.Meter.Scope == meters) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => counted.Add($"{string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))} {value}"));
        listener.Start();
        var metrics = new GatewayMetrics(meters);
        metrics.SourceSeen("shop", ["negative", "positive"]);
        metrics.SourceText("shop", "negative");
        Assert.Equal(["source=shop label=negative 0", "source=shop label=positive 0", "source=shop label=negative 1"], counted);
    }
}
