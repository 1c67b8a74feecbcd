using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Results;
using static Evergrain.UnitTests.Drill.DrillSamples;

namespace Evergrain.UnitTests.Drill;

public sealed class TimelinesTests
{
    private static readonly string[] Silos = ["silo-a", "silo-b"];

    [Theory]
    [InlineData(10, 0.5, 20)]
    [InlineData(30, 1, 30)]
    [InlineData(45.2, 1, 46)]
    public void Of_Length_ShortOnesAreCutFiner(double seconds, double bucket, int count)
    {
        var timeline = Timelines.Of([], TimeSpan.FromSeconds(seconds), []);
        Assert.Equal((bucket, count), (timeline.BucketSeconds, timeline.Buckets.Length));
        Assert.All(timeline.Buckets, b => Assert.True(double.IsNaN(b.MaxMs)));
    }

    [Fact]
    public void Of_Samples_CountByWhenTheyWereDue()
    {
        var marks = new[] { new TimelineMark(2, MarkKind.Eviction, "", ""), new TimelineMark(1, MarkKind.Injection, "", "") };
        var timeline = Timelines.Of([Ok(100, 10), Ok(499, 3000, silo: "silo-b"), Bad(500, 70)], TimeSpan.FromSeconds(4), marks);
        var (first, second) = (timeline.Buckets[0], timeline.Buckets[1]);
        Assert.Equal((2, 0, 10.0, 3000.0), (first.Sent, first.Failed, first.P50Ms, first.MaxMs));
        Assert.Equal((1, 1), (second.Sent, second.Failed));
        Assert.Equal(1, first.ServedBy["silo-b"]);
        Assert.Empty(second.ServedBy);
        Assert.Equal([MarkKind.Injection, MarkKind.Eviction], timeline.Marks.Select(m => m.Kind));
    }

    [Fact]
    public void FullCapacity_FirstSecondInWhichBothServeThirtyPercent()
    {
        // One in ten from silo-b at first, three in ten from 2 s on.
        var samples = Enumerable.Range(0, 40).Select(i => Ok(i * 100, 10, silo: i % 10 < (i < 20 ? 1 : 3) ? "silo-b" : "silo-a")).ToList();
        Assert.Equal(TimeSpan.FromSeconds(2), Timelines.FullCapacity(samples, Silos, TimeSpan.Zero, TimeSpan.FromSeconds(4)));
        Assert.Null(Timelines.FullCapacity(samples, Silos, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        Assert.Null(Timelines.FullCapacity(new List<Sample>(), Silos, TimeSpan.Zero, TimeSpan.FromSeconds(4)));
    }
}
