using System.Text.Json;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Telemetry;

namespace Evergrain.UnitTests.Silo.Admin;

public class HealthAnswerTests
{
    private const long Mib = 1024 * 1024;

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 0, TimeSpan.Zero);

    [Fact]
    public void Of_Sample_AllFieldsInSnakeCase()
    {
        var sample = new DeviceSample(
            1, 0.12345, 0.5, [
                new() { Device = "cuda:0", Load = 0.12345, OwnLoad = 0.1, MemoryUsed = 8192 * Mib, MemoryTotal = 16384 * Mib, Temperature = 61, EccErrors = 0 },
                new() { Device = "cuda:1" },
            ],
            "cuda:1 is not listed");

        Assert.Equal(
            """
            {"timestamp":"2026-03-01T12:30:00+00:00","name":"silo-a","state":"ready","gpu_usage_percent":12.3,"gpu_memory_percent":50,
            "telemetry":{"source":"nvidia-smi","state":"unknown","problem":"cuda:1 is not listed"},
            "api_healthy":true,"webui_healthy":null,"overall_healthy":true,
            "devices":[{"device":"cuda:0","load_percent":12.3,"own_load_percent":10,"memory_used_mib":8192,"memory_total_mib":16384,
            "memory_percent":50,"temperature_celsius":61,"ecc_errors":0},
            {"device":"cuda:1","load_percent":null,"own_load_percent":null,"memory_used_mib":null,"memory_total_mib":null,
            "memory_percent":null,"temperature_celsius":null,"ecc_errors":null}]}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(
                HealthAnswer.Of(Now, "silo-a", SiloState.Ready, "nvidia-smi", sample, new(true, null)), HealthJson.Default.HealthAnswer));
    }

    [Theory]
    [InlineData(SiloState.Ready, 0.5, true, true, true)]
    [InlineData(SiloState.Ready, null, null, null, true)]
    [InlineData(SiloState.Ready, 0.85, true, true, true)]
    [InlineData(SiloState.Ready, 0.8504, true, true, true)]
    [InlineData(SiloState.Ready, 0.851, true, true, false)]
    [InlineData(SiloState.Ready, 0.5, false, true, false)]
    [InlineData(SiloState.Ready, 0.5, true, false, false)]
    [InlineData(SiloState.Starting, 0.5, true, true, false)]
    [InlineData(SiloState.Draining, 0.5, true, true, false)]
    [InlineData(SiloState.Failed, 0.5, true, true, false)]
    public void Of_StateMemoryAndNeighbours_HealthyAsInTheTable(SiloState state, double? memory, bool? api, bool? webUi, bool expected)
    {
        var answer = HealthAnswer.Of(Now, "silo-a", state, "host", DeviceSample.None with { Memory = memory }, new(api, webUi));

        Assert.Equal(expected, answer.OverallHealthy);
    }

    [Fact]
    public void Of_NothingKnown_NullAndNotZero()
    {
        var answer = HealthAnswer.Of(Now, "silo-a", SiloState.Ready, "host", DeviceSample.None, new(null, null));

        Assert.Null(answer.GpuUsagePercent);
        Assert.Null(answer.GpuMemoryPercent);
        Assert.Equal(new HealthTelemetry("host", "ok", null), answer.Telemetry);
    }
}
