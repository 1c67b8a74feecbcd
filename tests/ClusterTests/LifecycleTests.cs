namespace Evergrain.ClusterTests;

/// <summary>Starting, stopping, dying: nothing is left behind, and what is wrong is said.</summary>
public sealed class LifecycleTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Up_KilledStartedAgainAndTerminated_AllGoneEachTimeAndExitZero()
    {
        await using var cluster = await Cluster.StartAsync();
        var (_, took) = await cluster.EndAsync(Command.SigKill);
        Assert.InRange(took, TimeSpan.Zero, EndLimit);

        await cluster.UpAsync();
        Assert.All(await cluster.ProcessesAsync(), p => Assert.Equal("ready", p.State));

        (var exitCode, took) = await cluster.EndAsync(Command.SigTerm);
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, EndLimit);
    }

    [Fact]
    public async Task BadModel_OneSiloRestarted_NotReadySaysWhyAndTheOtherServes()
    {
        var model = Directory.CreateTempSubdirectory("evergrain-model-").FullName;
        Restore(model);
        await using var cluster = await Cluster.StartAsync(model: model);
        await using var load = new Load(20, cluster.Shared);
        foreach (var (file, reason) in new[] { ("model.onnx", "sha256"), ("vocab.txt", "vocab.txt"), ("probes.jsonl", "known answer") })
        {
            Spoil(model, file);
            await cluster.RunAsync("restart", "silo-b");
            await Poll.UntilAsync(
                async () => await cluster.SiloAsync("silo-b") is var (state, why) && state == "failed" && why.Contains(reason, StringComparison.OrdinalIgnoreCase),
                EndLimit, $"silo-b failed: {reason}", () => cluster.Log("silo-b"));
            Assert.Contains(reason, cluster.Log("silo-b"), StringComparison.OrdinalIgnoreCase);
            Assert.Equal("ready", (await cluster.SiloAsync("silo-a")).State);
            Restore(model);
        }

        var samples = await load.StopAsync();
        Load.RequireNoneFailedNoneWrong(samples);
        Directory.Delete(model, recursive: true);
    }

    [Fact]
    public async Task WrongYaml_ThreeErrors_OneMessageNamesAllExitTwo()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """
            cluster: { id: x, colour: red }
            silos:
              - { name: silo-a, siloPort: 99999 }
            routing: { deadline: soon }
            """);
        foreach (var args in new[] { new[] { "up", "--config", file }, ["status", "--config", file] })
        {
            var result = await Command.RunAsync(Repository.Cli, args);
            var said = result.Output + result.Error;
            Assert.Equal(2, result.ExitCode);
            Assert.All(new[] { "line 1", "colour", "line 3", "99999", "line 4", "soon" }, part => Assert.Contains(part, said, StringComparison.Ordinal));
        }

        File.Delete(file);
    }

    private static void Restore(string model)
    {
        foreach (var source in Directory.GetFiles(Repository.Model)) File.Copy(source, Path.Combine(model, Path.GetFileName(source)), overwrite: true);
    }

    /// <summary>Flips a byte, deletes a file, or swaps a known answer and mends its hash.</summary>
    private static void Spoil(string model, string file)
    {
        var path = Path.Combine(model, file);
        switch (file)
        {
            case "vocab.txt":
                File.Delete(path);
                break;
            case "probes.jsonl":
                File.WriteAllText(path, File.ReadAllText(path).Replace("\"label\": \"positive\"", "\"label\": \"negative\"", StringComparison.Ordinal));
                var manifest = Path.Combine(model, "model.json");
                var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
                File.WriteAllText(manifest, System.Text.RegularExpressions.Regex.Replace(
                    File.ReadAllText(manifest), "(\"probes.jsonl\": \")[0-9a-f]+", "${1}" + hash));
                break;
            default:
                using (var stream = File.Open(path, FileMode.Open))
                {
                    stream.Position = stream.Length / 2;
                    var value = stream.ReadByte();
                    stream.Position--;
                    stream.WriteByte((byte)(value ^ 1));
                }

                break;
        }
    }
}
