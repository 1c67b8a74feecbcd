using System.Diagnostics;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Drill.Clusters;

public sealed class ScriptedTelemetryTests : IDisposable
{
    private const string Query = "--query-gpu=index,utilization.gpu,memory.used,memory.total,temperature.gpu,ecc.errors.uncorrected.volatile.total --format=csv,noheader,nounits";

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-telemetry-").FullName;
    private readonly ScriptedTelemetry _telemetry;

    public ScriptedTelemetryTests()
    {
        _telemetry = ScriptedTelemetry.Of(ConfigLoader.Parse("", Path.Combine(_folder, "evergrain.yaml")));
        _telemetry.Install();
        _telemetry.Say("silo-a", load: 30, memory: 12);
        _telemetry.Say("silo-b", load: 5, memory: 90);
    }

    [Fact]
    public async Task Program_AskedOnce_OneLineOfItsOwnSilo()
    {
        using var program = Start("silo-b", Query);
        Assert.Equal("0, 5, 14745, 16384, 55, 0\n", await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, program.ExitCode);
    }

    [Fact]
    public async Task Program_InALoop_SaysWhatItIsToldAndEndsWithItsReader()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        using var program = Start("silo-a", Query + " -lms 500");
        Assert.Equal("0, 30, 1966, 16384, 55, 0", await program.StandardOutput.ReadLineAsync(limit.Token));
        _telemetry.Say("silo-a", load: 80, memory: 12);
        string? line;
        do
        {
            line = await program.StandardOutput.ReadLineAsync(limit.Token);
        }
        while (line == "0, 30, 1966, 16384, 55, 0");
        Assert.Equal("0, 80, 1966, 16384, 55, 0", line);

        program.StandardOutput.Close();
        await program.WaitForExitAsync(limit.Token);
    }

    [Fact]
    public async Task Program_ItsParentIsGone_Ends()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        // The shell starts it, waits for its first line and ends; who reads its lines stays.
        using var parent = new Process { StartInfo = Information("/bin/sh", "silo-a") };
        parent.StartInfo.ArgumentList.Add("-c");
        parent.StartInfo.ArgumentList.Add($"'{Path.Combine(_telemetry.Programs, "nvidia-smi")}' {Query} -lms 500 & sleep 1");
        parent.Start();
        // To its end: the pipe is open for as long as one of the two holds it.
        var lines = await parent.StandardOutput.ReadToEndAsync(limit.Token);
        Assert.InRange(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 10);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>As a silo starts it: by its name, found on the PATH.</summary>
    private Process Start(string silo, string arguments)
    {
        var information = Information("/bin/sh", silo);
        information.ArgumentList.Add("-c");
        information.ArgumentList.Add($"exec nvidia-smi {arguments}");
        var program = new Process { StartInfo = information };
        program.Start();
        return program;
    }

    private ProcessStartInfo Information(string program, string silo) => new(program)
    {
        RedirectStandardOutput = true,
        Environment = { ["EVERGRAIN_NAME"] = silo, ["PATH"] = $"{_telemetry.Programs}:{Environment.GetEnvironmentVariable("PATH")}" },
    };
}
