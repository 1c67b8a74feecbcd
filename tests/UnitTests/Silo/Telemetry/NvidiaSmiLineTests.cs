using Evergrain.Silo.Telemetry;

namespace Evergrain.UnitTests.Silo.Telemetry;

public class NvidiaSmiLineTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Parse_Reading_HasBytesAndShares()
        => Assert.Equal(new NvidiaSmiLine(3, 0.41, 512 * MiB, 81559 * MiB, 38, 2), NvidiaSmiLine.Parse("3, 41, 512, 81559, 38, 2"));

    [Theory]
    [InlineData("0, [N/A], 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, [Not Supported], 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, , 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, 101, 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, -1, 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, 41 %, 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, 1e1, 512, 1024, 38, 0", null, 512L, 1024L, 38.0, 0L)]
    [InlineData("0, 100, 1025, 1024, 38, 0", 1.0, null, 1024L, 38.0, 0L)]
    [InlineData("0, 0, 1024, 1024, 38, 0", 0.0, 1024L, 1024L, 38.0, 0L)]
    [InlineData("0, 0, 512, 0, 38, 0", 0.0, 512L, null, 38.0, 0L)]
    [InlineData("0, 0, 512, [N/A], 38, 0", 0.0, 512L, null, 38.0, 0L)]
    [InlineData("0, 0, 9223372036854775807, 9223372036854775807, 38, 0", 0.0, null, null, 38.0, 0L)]
    [InlineData("0, 0, 99999999999999999999, 1024, 38, 0", 0.0, null, 1024L, 38.0, 0L)]
    [InlineData("0, 0, 512, 1024, 4000, [N/A]", 0.0, 512L, 1024L, null, null)]
    [InlineData("0, [N/A], [N/A], [N/A], [N/A], [N/A]", null, null, null, null, null)]
    public void Parse_ValueBeyondReason_IsUnknownAlone(string line, double? load, long? usedMiB, long? totalMiB, double? temperature, long? errors)
        => Assert.Equal(new NvidiaSmiLine(0, load, usedMiB * MiB, totalMiB * MiB, temperature, errors), NvidiaSmiLine.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("Unable to determine the device handle for GPU0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU")]
    [InlineData("index, utilization.gpu [%], memory.used [MiB], memory.total [MiB], temperature.gpu, ecc.errors.uncorrected.volatile.total")]
    [InlineData("0, 41, 512, 1024, 38")]
    [InlineData("0, 41, 512, 1024, 38, 0, 0")]
    [InlineData("[N/A], 41, 512, 1024, 38, 0")]
    [InlineData("-1, 41, 512, 1024, 38, 0")]
    [InlineData("4096, 41, 512, 1024, 38, 0")]
    [InlineData(", 41, 512, 1024, 38, 0")]
    public void Parse_NoReading_IsNull(string line) => Assert.Null(NvidiaSmiLine.Parse(line));
}
