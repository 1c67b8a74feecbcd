using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrain.ClusterTests;

/// <summary>Another model for running silos, under load: nobody may notice but by the version.</summary>
[Collection(MendedCluster.Name)]
public sealed class ModelUseTests(SharedCluster shared)
{
    private const int PerSecond = 40;
    private const string NewVersion = "second";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly string OldVersion = VersionOf(Repository.Model);

    [Fact]
    public async Task Use_NewPackageUnderLoad_NoneFailedAndEachAnswerNamesItsVersion()
    {
        var cluster = shared.Cluster;
        var file = await File.ReadAllTextAsync(cluster.Config);
        var package = Copy("second");
        var crashes = await cluster.CrashesAsync();
        await using var load = new Load(PerSecond, cluster.Shared);
        await SecondsOfLoadAsync(load, 1);

        var began = load.Now;
        var used = await cluster.RunAsync("model", "use", package);
        var done = load.Now;

        Assert.True(used.ExitCode == 0, used.Output + used.Error);
        Assert.Matches($@"(?s)silo-a: {OldVersion} → {NewVersion} \([0-9a-f]{{12}}\) in .*silo-b: {OldVersion} → {NewVersion} .*all silos of this node serve {NewVersion} \(", used.Output);
        await SecondsOfLoadAsync(load, 2);
        await RequireVersionAsync(cluster, NewVersion);

        var samples = await load.StopAsync();
        Load.RequireNoneFailedNoneWrong(samples);
        Assert.All(samples.Where(s => s.Due + s.Latency < began), s => Assert.Equal(OldVersion, s.Version));
        Assert.All(samples, s => Assert.Contains(s.Version, new[] { OldVersion, NewVersion }));
        Assert.All(samples.Where(s => s.Due > done), s => Assert.Equal(NewVersion, s.Version));
        Assert.Contains(samples, s => s.Due > done);
        // No silo goes back to the old one.
        foreach (var silo in samples.GroupBy(s => s.ServedBy))
            Assert.True(silo.Where(s => s.Version == NewVersion).Min(s => s.Due + s.Latency) > silo.Where(s => s.Version == OldVersion).Max(s => s.Due), silo.Key);

        // A silo that starts again has it too: the file names it, and nothing else in the file has changed.
        Assert.Equal(file.Replace(Repository.Model, "second", StringComparison.Ordinal), await File.ReadAllTextAsync(cluster.Config));
        Assert.Equal(0, (await cluster.RunAsync("restart", "silo-a")).ExitCode);
        await Poll.UntilAsync(async () => (await cluster.SiloAsync("silo-a")).State == "ready", Limit, "silo-a ready", () => cluster.Output);
        await RequireVersionAsync(cluster, NewVersion);

        // Back to what it was, for the other tests.
        used = await cluster.RunAsync("model", "use", Repository.Model);
        Assert.True(used.ExitCode == 0, used.Output + used.Error);
        Assert.Equal(file, await File.ReadAllTextAsync(cluster.Config));
        await cluster.UntilWholeAsync();
        Assert.Equal(crashes, await cluster.CrashesAsync());
    }

    [Fact]
    public async Task Use_CorruptPackageUnderLoad_ChangesNothing()
    {
        var cluster = shared.Cluster;
        var file = await File.ReadAllBytesAsync(cluster.Config);
        var package = Copy("corrupt");
        var model = Path.Combine(package, "model.onnx");
        var bytes = await File.ReadAllBytesAsync(model);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(model, bytes);
        var hashes = await HashesAsync(cluster);
        var crashes = await cluster.CrashesAsync();
        await using var load = new Load(PerSecond, cluster.Shared);
        await SecondsOfLoadAsync(load, 1);

        var used = await cluster.RunAsync("model", "use", package);

        Assert.Equal(1, used.ExitCode);
        Assert.Contains("silo-a refuses: ", used.Error, StringComparison.Ordinal);
        Assert.Contains("sha256 expected", used.Error, StringComparison.Ordinal);
        Assert.EndsWith("Nothing is changed.\n", used.Error, StringComparison.Ordinal);
        await SecondsOfLoadAsync(load, 1);
        var samples = await load.StopAsync();
        Load.RequireNoneFailedNoneWrong(samples);
        Assert.All(samples, s => Assert.Equal(OldVersion, s.Version));
        Assert.Equal(file, await File.ReadAllBytesAsync(cluster.Config));
        Assert.Equal(hashes, await HashesAsync(cluster));
        Assert.All(await cluster.ProcessesAsync(), p => Assert.Equal("ready", p.State));
        Assert.Equal(crashes, await cluster.CrashesAsync());
    }

    [Fact]
    public async Task Use_NoPackage_SaysSoAtOnce()
    {
        var cluster = shared.Cluster;
        var folder = Path.Combine(cluster.Folder, "modles");

        var used = await cluster.RunAsync("model", "use", folder);

        Assert.Equal((2, $"there is no folder {folder}\n"), (used.ExitCode, used.Error));
    }

    private static Task<TimeSpan> SecondsOfLoadAsync(Load load, int seconds)
    {
        var goal = load.Count + (seconds * PerSecond);
        return Poll.UntilAsync(() => load.Count >= goal, Limit, $"{seconds} s of load");
    }

    /// <summary>What /v1/predict and the silos' own status say.</summary>
    private static async Task RequireVersionAsync(Cluster cluster, string version)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(new Uri(cluster.Shared, "/v1/predict"), new { texts = Load.Texts });
        var body = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(version, body.GetProperty("version").GetString());
        Assert.All((await cluster.StatusAsync()).GetProperty("silos").EnumerateArray(), s => Assert.Equal(version, s.GetProperty("version").GetString()));
    }

    private static async Task<string[]> HashesAsync(Cluster cluster)
        => [.. (await cluster.StatusAsync()).GetProperty("silos").EnumerateArray().Select(s => s.GetProperty("hash").GetString()!)];

    /// <summary>The default package under another version, beside the YAML file.</summary>
    private string Copy(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(shared.Cluster.Folder, name)).FullName;
        foreach (var file in Directory.GetFiles(Repository.Model)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var manifest = Path.Combine(folder, "model.json");
        var json = JsonNode.Parse(File.ReadAllText(manifest))!;
        json["version"] = NewVersion;
        File.WriteAllText(manifest, json.ToJsonString());
        return folder;
    }

    private static string VersionOf(string package)
        => JsonNode.Parse(File.ReadAllText(Path.Combine(package, "model.json")))!["version"]!.GetValue<string>();
}
