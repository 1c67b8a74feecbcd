using System.Collections.Immutable;
using Evergrain.Engine;
using Evergrain.Silo.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Telemetry;

public class NvidiaSmiReadingsTests
{
    private const long MiB = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private ImmutableArray<DeviceUse> _use = [];

    [Fact]
    public void Current_BeforeAnyLine_IsUnknown()
    {
        var sample = Readings().Current;
        Assert.Equal((0, null, null), (sample.Number, sample.Load, sample.Memory));
        Assert.Equal("nvidia-smi has given no reading yet", sample.Problem);
    }

    [Fact]
    public void Current_TwoDevices_IsMeanLoadAndFullestMemory()
    {
        var sample = After(Readings(), "0, 20, 256, 1024, 38, 0", "1, 60, 2048, 4096, 40, 1");
        Assert.Equal(0.4, sample.Load!.Value, 9);
        Assert.Equal(0.5, sample.Memory);
        Assert.Null(sample.Problem);
        Assert.Equal(
            [
                new() { Device = "cuda:0", Load = 0.2, MemoryUsed = 256 * MiB, MemoryTotal = 1024 * MiB, Temperature = 38, EccErrors = 0 },
                new() { Device = "cuda:1", Load = 0.6, MemoryUsed = 2048 * MiB, MemoryTotal = 4096 * MiB, Temperature = 40, EccErrors = 1 },
            ],
            sample.Devices);
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("01", 1)]
    [InlineData("010", 2)]
    [InlineData("0000", 4)]
    [InlineData("0123012301", 3)]
    [InlineData("13131", 3)]
    [InlineData("1301", 2)]
    public void Number_Rounds_GrowsWhereAnIndexIsNotGreater(string indexes, long number)
        => Assert.Equal(number, After(Readings(), [.. indexes.Select(i => $"{i}, 20, 256, 1024, 38, 0")]).Number);

    [Fact]
    public void Number_ProgramRestartedInsideARound_Grows()
    {
        var readings = Readings();
        After(readings, "0, 20, 256, 1024, 38, 0");
        readings.Started();
        Assert.Equal(2, After(readings, "1, 20, 256, 1024, 38, 0").Number);
    }

    [Fact]
    public void Current_InsideARound_HasTheRoundBeforeForTheRest()
    {
        var sample = After(Readings(), "0, 10, 1, 100, 38, 0", "1, 10, 1, 100, 38, 0", "0, 90, 1, 100, 38, 0");
        Assert.Equal([0.9, 0.1], sample.Devices.Select(device => device.Load));
    }

    [Fact]
    public void Current_DeviceGoneForARound_IsLeftOut()
    {
        var sample = After(Readings(), "0, 10, 1, 100, 38, 0", "1, 10, 1, 100, 38, 0", "0, 90, 1, 100, 38, 0", "0, 90, 1, 100, 38, 0");
        Assert.Equal(["cuda:0"], sample.Devices.Select(device => device.Device));
    }

    [Fact]
    public void Current_CudaDevicesOfTheSilo_AreAllThatCount()
    {
        _use = [new("cuda:2", 0.7, 1, 1), new("cpu", 0.1, 1, 1)];
        var sample = After(Readings(2), "0, 20, 1000, 1024, 38, 0", "1, 60, 1000, 1024, 40, 0", "2, 80, 256, 1024, 40, 0");
        Assert.Equal((0.8, 0.25), (sample.Load, sample.Memory));
        Assert.Equal(("cuda:2", 0.7), Assert.Single(sample.Devices.Select(device => (device.Device, device.OwnLoad))));
    }

    [Fact]
    public void Current_DeviceNotListed_IsUnknownAndSaid()
    {
        var sample = After(Readings(0, 5), "0, 20, 256, 1024, 38, 0");
        Assert.Equal([0.2, null], sample.Devices.Select(device => device.Load));
        Assert.Equal("nvidia-smi does not tell the utilization of cuda:5", sample.Problem);
        Assert.Equal(0.2, sample.Load);
    }

    [Fact]
    public void Current_LoadNotTold_IsUnknownAndMemoryIsNot()
    {
        var sample = After(Readings(), "0, [N/A], 256, 1024, 38, [N/A]");
        Assert.Equal((null, 0.25), (sample.Load, sample.Memory));
        Assert.Equal("nvidia-smi does not tell the utilization of cuda:0", sample.Problem);
    }

    [Fact]
    public void Current_RubbishBetweenReadings_IsSaidAndChangesNothing()
    {
        var sample = After(Readings(), "0, 20, 256, 1024, 38, 0", "GPU is \u0007lost");
        Assert.Equal((1, 0.2, 0.25), (sample.Number, sample.Load, sample.Memory));
        Assert.Equal("nvidia-smi printed a line that is no reading: \"GPU is ?lost\"", sample.Problem);
    }

    [Theory]
    [InlineData(2000, false)]
    [InlineData(2001, true)]
    public void Current_NoLine_IsUnknownAfterTwoSeconds(int milliseconds, bool unknown)
    {
        _use = [new("cuda:0", 0.3, 1, 1)];
        var readings = Readings(0);
        After(readings, "0, 20, 256, 1024, 38, 0");
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        var sample = readings.Current;
        Assert.Equal(1, sample.Number);
        Assert.Equal((unknown, unknown), (sample.Load is null, sample.Memory is null));
        Assert.Equal(unknown ? "nvidia-smi has given no reading for 2 s" : null, sample.Problem);
        var device = Assert.Single(sample.Devices);
        Assert.Equal((unknown, 0.3), (device.MemoryUsed is null, device.OwnLoad));
    }

    private static DeviceSample After(NvidiaSmiReadings readings, params string[] lines)
    {
        foreach (var line in lines) readings.Take(line);
        return readings.Current;
    }

    private NvidiaSmiReadings Readings(params int[] indexes) => new([.. indexes], () => _use, _time);
}
