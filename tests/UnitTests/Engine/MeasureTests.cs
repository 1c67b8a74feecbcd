using Evergrain.Engine;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Engine;

/// <summary>The small pure parts.</summary>
public sealed class MeasureTests
{
    [Fact]
    public void DrainRate_NewSpeed_TakesOverWithBusyTime()
    {
        var rate = new DrainRate(1000);
        rate.Add(10, 100, TimeSpan.FromSeconds(0.05));
        Assert.InRange(rate.Current, 1001, 1100); // one short batch of 2,000 a second hardly counts
        for (var i = 0; i < 600; i++) rate.Add(10, 100, TimeSpan.FromSeconds(0.05));
        Assert.InRange(rate.Current, 1990, 2000);
    }

    [Fact]
    public void DrainRate_ClockStoodStill_Kept()
    {
        var rate = new DrainRate(1000);
        rate.Add(10, 100, TimeSpan.Zero);
        Assert.Equal(1000, rate.Current);
    }

    [Fact]
    public void BusyMeter_BusyThenIdle_FollowsWithinSeconds()
    {
        var time = new FakeTimeProvider();
        var meter = new BusyMeter(time);
        Assert.Equal(0, meter.Share);
        meter.Set(true);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(meter.Share, 0.99, 1);
        meter.Set(false);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(meter.Share, 0, 0.01);
    }

    [Theory]
    [InlineData(0, 0, 600, null)] // an idle engine takes any call
    [InlineData(9, 1, 0, null)] // 10 s ahead
    [InlineData(9.5, 1, 0, 500)]
    [InlineData(100, 0, 0, 90_000)]
    [InlineData(0, 59, 1, null)] // nothing queued: answered just in time
    [InlineData(0, 59, 2, 1000)]
    [InlineData(0, 3, 600, 3000)] // longer than its time: once the engine is idle
    [InlineData(6, 0, 48, null)] // of the 12 s to spare half
    [InlineData(6, 1, 48, 1000)]
    public void RetryAfter_TenSecondsInTheQueueAndAMinuteInAll_TimeUntilRoom(double secondsAhead, int restSeconds, double ownSeconds, int? milliseconds)
        => Assert.Equal(
            milliseconds,
            QueueLimit.RetryAfter(secondsAhead, TimeSpan.FromSeconds(restSeconds), ownSeconds, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10))?.TotalMilliseconds);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(16, 0)]
    [InlineData(17, 1)]
    [InlineData(32, 1)]
    [InlineData(33, 2)]
    [InlineData(128, 3)]
    [InlineData(129, 4)]
    [InlineData(256, 4)]
    [InlineData(257, 5)]
    [InlineData(512, 5)]
    [InlineData(100_000, 5)]
    public void LengthBucket_OfTokens_TwiceAsWideEach(int tokens, int bucket) => Assert.Equal(bucket, LengthBucket.Of(tokens));

    [Fact]
    public void DrainRate_LongTextsSlower_EachLengthHasItsOwn()
    {
        var rate = new DrainRate(1000);
        for (var i = 0; i < 600; i++)
        {
            rate.Add(200, 200, TimeSpan.FromSeconds(0.4)); // 500 a second
            rate.Add(10, 40, TimeSpan.FromSeconds(0.02)); // 2,000 a second
        }

        Assert.Equal(500, rate.Of(LengthBucket.Of(200)), 10.0);
        Assert.Equal(2000, rate.Of(LengthBucket.Of(16)), 10.0);
        Assert.Equal(rate.Current, rate.Of(LengthBucket.Of(64))); // never met
        Assert.InRange(rate.Current, 520, 640);
    }

    [Fact]
    public void SecondsAhead_MixedLengths_EachAtItsRate()
    {
        var time = new FakeTimeProvider();
        var queue = new BatchQueue(time);
        Add(Lane.Interactive, 10, 100);
        Add(Lane.Bulk, 200);
        Assert.Equal(310, queue.Tokens);
        Assert.Equal((10 / 1000.0) + (100 / 100.0), queue.SecondsAhead(Lane.Interactive, RateOf), 1e-9);
        Assert.Equal((10 / 1000.0) + (100 / 100.0) + (200 / 50.0), queue.SecondsAhead(Lane.Bulk, RateOf), 1e-9);
        queue.Take(1000, BatchBudget.For(cpu: true, 1000), Timeout.InfiniteTimeSpan);
        queue.Take(1000, BatchBudget.For(cpu: true, 1000), Timeout.InfiniteTimeSpan);
        Assert.Equal(200 / 50.0, queue.SecondsAhead(Lane.Bulk, RateOf), 1e-9);
        queue.Take(1000, BatchBudget.For(cpu: true, 1000), Timeout.InfiniteTimeSpan);
        Assert.Equal((0, 0.0), (queue.Tokens, queue.SecondsAhead(Lane.Bulk, RateOf)));

        void Add(Lane lane, params int[] lengths)
        {
            var call = new PredictCall(lengths.Length, lane, TimeSpan.Zero, time.GetTimestamp(), long.MaxValue);
            queue.Add([.. lengths.Select((tokens, i) => new WorkItem(call, i, new int[tokens], false))], _ => null);
        }

        static double RateOf(int bucket) => bucket switch { 0 => 1000, 3 => 100, 4 => 50, _ => throw new InvalidOperationException() };
    }

    [Fact]
    public void Softmax_LargeLogits_SumsToOne()
    {
        var probabilities = Softmax.Of([1000, 1000, -1000]);
        Assert.Equal([0.5f, 0.5f, 0f], probabilities);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Softmax_NotFinite_Empty(float logit) => Assert.Empty(Softmax.Of([0, logit]));

    [Theory]
    [InlineData("cpu", null)]
    [InlineData("cuda:0", 0)]
    [InlineData("cuda:12", 12)]
    public void ParseDevice_Known_Its(string device, int? cuda)
    {
        Assert.Equal(cuda, DeviceSpec.Parse(device).CudaId);
        Assert.Equal(device, DeviceSpec.Parse(device).ToString());
    }

    [Theory]
    [InlineData("auto", 2, "cuda:0,cuda:1")]
    [InlineData("auto", 0, "cpu")]
    [InlineData("cpu", 2, "cpu")]
    [InlineData("cuda:1,cpu", 2, "cuda:1,cpu")]
    public void ResolveDevices_Named_Meant(string named, int cudaDevices, string meant)
        => Assert.Equal(meant, string.Join(',', DeviceSpec.Resolve([.. named.Split(',')], () => cudaDevices)));

    [Fact]
    public void ResolveDevices_AutoWithoutCuda_Cpu()
    {
        Assert.SkipWhen(CudaDevices.IsBuiltIn && CudaDevices.Count() > 0, "CUDA is here");
        Assert.Equal(["cpu"], InferenceEngine.DevicesOf(["auto"]));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1L << 30, "1073741824")]
    public void CudaOptions_Memory_LimitsTheArena(long memory, string? limit)
    {
        var options = OnnxSession.CudaOptions(DeviceSpec.Parse("cuda:3") with { CudaMemory = memory }, 3);
        Assert.Equal(("3", "HEURISTIC", "0", limit), (options["device_id"], options["cudnn_conv_algo_search"], options["use_tf32"], options.GetValueOrDefault("gpu_mem_limit")));
    }

    [Theory]
    [InlineData("auto", "not known")] // alone it is resolved before, see ResolveDevices
    [InlineData("cuda", "not known")]
    [InlineData("cuda:-1", "not known")]
    [InlineData("CPU", "not known")]
    [InlineData("", "not known")]
    public void ParseDevice_Unknown_RefusedWithNames(string device, string reason)
    {
        var refused = Assert.Throws<ModelRefusedException>(() => DeviceSpec.Parse(device));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("cuda:0", refused.Message, StringComparison.Ordinal);
    }
}
