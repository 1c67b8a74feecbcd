using System.Diagnostics;

namespace Evergrain.ClusterTests;

/// <summary>A rolling upgrade: for a while an older silo and a newer one serve side by side.</summary>
[Collection(MendedCluster.Name)]
public sealed class UpgradeTests(SharedCluster shared)
{
    /// <summary>The executable of an older build's silo; .ci/run makes it of the commit before.</summary>
    private const string Variable = "EVERGRAIN_OLD_SILO";

    [Fact]
    public async Task OldSiloBesideNewOne_UnderLoad_BothServeAndNoneFails()
    {
        var old = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(File.Exists(old), $"no older build here: {Variable} names its silo");
        var cluster = shared.Cluster;
        await using var load = new Load(20, cluster.Shared);
        await Poll.UntilAsync(() => load.Count >= 20, TimeSpan.FromSeconds(10), "load");
        await cluster.RunAsync("stop", "silo-b");

        using var silo = Process.Start(new ProcessStartInfo(old!, ["--config", cluster.Config, "--name", "silo-b"]) { RedirectStandardOutput = true })!;
        var output = silo.StandardOutput.ReadToEndAsync();
        try
        {
            await Poll.UntilAsync(async () => (await cluster.SiloAsync("silo-b")).State == "ready", TimeSpan.FromSeconds(20), "the old silo is ready");
            await FailoverTests.RequireServesAsync(cluster, "silo-b");
            // Each alone for a moment: neither only stands by.
            await cluster.RunAsync("drain", "silo-a");
            await Task.Delay(TimeSpan.FromSeconds(2));
            await cluster.RunAsync("undrain", "silo-a");
            await Task.Delay(TimeSpan.FromSeconds(2));
        }
        finally
        {
            Command.Signal(silo.Id, Command.SigTerm);
            await silo.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }

        await cluster.RunAsync("start", "silo-b");
        await FailoverTests.RequireServesAsync(cluster, "silo-b");
        await cluster.UntilWholeAsync();
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
        Assert.Equal(0, silo.ExitCode);
        Assert.DoesNotContain("\"@l\":\"Error\"", await output, StringComparison.Ordinal);
    }
}
