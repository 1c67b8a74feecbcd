using System.Text.Json;
using Evergrain.Cli.Status;
using SiloStatus = Evergrain.Cli.Supervision.SiloStatus;

namespace Evergrain.UnitTests.Cli;

public class DeviceTableTests
{
    [Fact]
    public void Of_TwoDevices_ARowEach()
        => Assert.Equal(
            """
            SILO    DEVICE  LOAD  OWN   MEMORY                    TEMP   ECC  TELEMETRY
            silo-a  cuda:0  75 %  50 %  8192 of 16384 MiB (50 %)  61 °C  2    nvidia-smi
            silo-a  cuda:1  -     25 %  512 MiB                   -      -    nvidia-smi

            """,
            Plain(Silo("silo-a", """
                {"source":"nvidia-smi","state":"ok","problem":null,"devices":[
                  {"device":"cuda:0","load":0.75,"ownLoad":0.5,"memoryUsed":8589934592,"memoryTotal":17179869184,"temperature":61,"eccErrors":2},
                  {"device":"cuda:1","load":null,"ownLoad":0.25,"memoryUsed":536870912,"memoryTotal":null,"temperature":null,"eccErrors":null}]}
                """)),
            ignoreLineEndingDifferences: true);

    [Theory]
    [InlineData(null, "-")]
    [InlineData("""{"source":"host","state":"ok","devices":[]}""", "host")]
    [InlineData("""{"source":"nvidia-smi","state":"unknown","problem":"no answer for 5 s"}""", "nvidia-smi: no answer for 5 s")]
    [InlineData("""{"source":"nvidia-smi","state":"unknown"}""", "nvidia-smi: unknown")]
    [InlineData("{}", "-")]
    public void Of_SiloWithoutDevices_OneRowWithWhatItSays(string? telemetry, string expected)
        => Assert.Equal(
            [["silo-a", "-", "-", "-", "-", "-", "-", expected]],
            DeviceTable.Of(new StatusReport([], [Silo("silo-a", telemetry)])).Rows);

    private static string Plain(params SiloReport[] silos)
    {
        using var output = new StringWriter();
        DeviceTable.Of(new StatusReport([], silos)).Write(output, plain: true, StatusTables.ColourOf);
        return output.ToString();
    }

    /// <summary>As it is read from a silo's answer.</summary>
    private static SiloReport Silo(string name, string? telemetry) => new()
    {
        Name = name,
        State = "ready",
        Telemetry = telemetry is null ? null : JsonSerializer.Deserialize<SiloStatus.TelemetryStatus>(telemetry, JsonSerializerOptions.Web),
    };
}
