using System.Text.Json;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Telemetry;

namespace Evergrain.UnitTests.Silo.Admin;

public class AdminAnswersTests
{
    private static readonly TelemetryAnswer Telemetry = TelemetryAnswer.Of("nvidia-smi", new DeviceSample(
        1, 0.5, 0.25, [
            new() { Device = "cuda:0", Load = 0.5, OwnLoad = 0.25, MemoryUsed = 1024, MemoryTotal = 4096, Temperature = 61, EccErrors = 0 },
            new() { Device = "cuda:1" },
        ],
        "cuda:1 is not listed"));

    [Fact]
    public void Ready_NoReason_StatusAlone()
        => Assert.Equal("""{"status":"ready"}""", JsonSerializer.Serialize(new ReadyAnswer("ready", null), AdminJson.Default.ReadyAnswer));

    [Fact]
    public void Ready_Failed_StatusAndReason()
        => Assert.Equal(
            """{"status":"failed","reason":"no model"}""",
            JsonSerializer.Serialize(ReadyAnswer.Of(new SiloCondition(SiloState.Failed, "no model")), AdminJson.Default.ReadyAnswer));

    [Fact]
    public void Status_DatabaseAway_ForHowLongAndWhy()
        => Assert.Equal(
            new MembershipAnswer("away", 34.1, "refused"),
            StatusAnswer.Of(Report() with { MembershipAway = TimeSpan.FromSeconds(34.12) }, "/models/default", [], "refused", Telemetry).Membership);

    [Fact]
    public void Status_Report_AllFields()
    {
        var report = Report();
        var member = new MemberView { Silo = "silo-b", BootId = 6, Host = "127.0.0.1", GatewayPort = 30001, Dead = true };

        Assert.Equal(
            """
            {"name":"silo-a","state":"ready","reason":null,"bootId":7,
            "load":{"queuedTokens":1,"inFlight":2,"drainRate":3,"restOfBatchMs":4,"deviceLoad":0.5,"deviceMemory":0.25},
            "model":{"name":"m","version":"v","hash":"h","labels":["negative","positive"],"path":"/models/default"},
            "members":[{"name":"silo-b","bootId":6,"host":"127.0.0.1","gatewayPort":30001,"dead":true}],
            "membership":{"state":"ok","awaySeconds":null,"error":null},
            "telemetry":{"source":"nvidia-smi","state":"unknown","problem":"cuda:1 is not listed","devices":[
            {"device":"cuda:0","load":0.5,"ownLoad":0.25,"memoryUsed":1024,"memoryTotal":4096,"temperature":61,"eccErrors":0},
            {"device":"cuda:1","load":null,"ownLoad":null,"memoryUsed":null,"memoryTotal":null,"temperature":null,"eccErrors":null}]}}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(StatusAnswer.Of(report, "/models/default", [member], null, Telemetry), AdminJson.Default.StatusAnswer));
    }

    private static LoadReport Report() => new()
    {
        Silo = "silo-a",
        BootId = 7,
        Sequence = 1,
        State = SiloState.Ready,
        QueuedTokens = 1,
        InFlight = 2,
        DrainRate = 3,
        RestOfBatch = TimeSpan.FromMilliseconds(4),
        DeviceLoad = 0.5,
        DeviceMemory = 0.25,
        Model = new() { Name = "m", Version = "v", Hash = "h", Labels = ["negative", "positive"] },
    };
}
