using Evergrain.Engine;
using Evergrain.Silo.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Telemetry;

public sealed class NvidiaSmiSamplesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Parse_Reading_SharesAndBytes()
        => Assert.Equal(
            new NvidiaSmiLine(1, 0.3, 2048L << 20, 16384L << 20, 55, 0), NvidiaSmiLine.Parse("1, 30, 2048, 16384, 55, 0"));

    [Theory]
    [InlineData("0, [N/A], 2048, 16384, [Not Supported], [N/A]")]
    [InlineData("0, 101, 2048, 16384, 500, -1")]
    [InlineData("0, -1, 2048, 16384, , ")]
    [InlineData("0, 3.5, 2048, 16384, warm, [Unknown Error]")]
    public void Parse_ValuesThatAreNone_NotKnown(string line)
        => Assert.Equal(new NvidiaSmiLine(0, null, 2048L << 20, 16384L << 20, null, null), NvidiaSmiLine.Parse(line));

    [Theory]
    [InlineData("0, 30, 16385, 16384, 55, 0")] // more in use than there is
    [InlineData("0, 30, 0, 0, 55, 0")]
    [InlineData("0, 30, [N/A], 16384, 55, 0")]
    [InlineData("0, 30, 2048, [N/A], 55, 0")]
    public void Parse_MemoryThatCannotBe_NotKnown(string line)
        => Assert.Equal(new NvidiaSmiLine(0, 0.3, null, null, 55, 0), NvidiaSmiLine.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")]
    [InlineData("0, 30, 2048, 16384, 55")]
    [InlineData("0, 30, 2048, 16384, 55, 0, 0")]
    [InlineData("zero, 30, 2048, 16384, 55, 0")]
    [InlineData("-1, 30, 2048, 16384, 55, 0")]
    public void Parse_NoReading_Null(string line) => Assert.Null(NvidiaSmiLine.Parse(line));

    [Fact]
    public void Current_Rounds_MeanLoadFullestMemoryAndOneNumberEach()
    {
        var samples = Samples();
        samples.Add("0, 20, 1000, 10000, 50, 0");
        samples.Add("1, 40, 9000, 10000, 60, 3");
        var first = samples.Current;
        Assert.Equal((1, 0.9, null), (first.Number, first.Memory, first.Problem));
        Assert.Equal(0.3, first.Load!.Value, 9);
        Assert.Equal(["cuda:0", "cuda:1"], first.Devices.Select(device => device.Device));
        Assert.Equal([0.5, null], first.Devices.Select(device => device.OwnLoad));

        samples.Add("0, 80, 1000, 10000, 50, 0"); // cuda:1 is still to come
        Assert.Equal((2, 0.6, 0.9), (samples.Current.Number, Math.Round(samples.Current.Load!.Value, 9), samples.Current.Memory));
        samples.Add("0, 80, 1000, 10000, 50, 0"); // and did not
        Assert.Equal((3, 0.8, 0.1), (samples.Current.Number, samples.Current.Load, samples.Current.Memory));
    }

    [Fact]
    public void Current_DevicesOfOthers_DoNotCount()
    {
        var samples = Samples("cuda:1");
        Assert.True(samples.Add("0, 100, 10000, 10000, 90, 0"));
        Assert.Null(samples.Current.Load);
        samples.Add("1, 40, 9000, 10000, 60, 3");
        Assert.Equal((0.4, 1), (samples.Current.Load, samples.Current.Devices.Length));
    }

    [Fact]
    public void Current_SilentForTwoSeconds_NotKnown()
    {
        var samples = Samples();
        Assert.NotNull(samples.Current.Problem);
        samples.Add("0, 20, 1000, 10000, 50, 0");
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0.2, samples.Current.Load);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((null, null, "nvidia-smi has been silent for 2 s"), (samples.Current.Load, samples.Current.Memory, samples.Current.Problem));
        samples.Add("0, 30, 1000, 10000, 50, 0");
        Assert.Equal((0.3, null), (samples.Current.Load, samples.Current.Problem));
    }

    [Fact]
    public void Add_Rubbish_IsAProblemOnlyWhileNothingElseComes()
    {
        var samples = Samples();
        Assert.False(samples.Add("Segmentation fault"));
        Assert.Equal("nvidia-smi prints what is no reading", samples.Current.Problem);
        samples.Add("0, 20, 1000, 10000, 50, 0");
        Assert.False(samples.Add("Segmentation fault"));
        Assert.Null(samples.Current.Problem);
    }

    [Fact]
    public void Current_LoadNotAvailable_SaysSo()
    {
        var samples = Samples();
        samples.Add("0, [N/A], 1000, 10000, 50, 0");
        Assert.Equal((null, 0.1, "nvidia-smi does not know the load"), (samples.Current.Load, samples.Current.Memory, samples.Current.Problem));
    }

    private NvidiaSmiSamples Samples(params string[] wanted) => new([.. wanted], () => [new DeviceUse("cuda:0", 0.5, 1, 1)], _time);
}
