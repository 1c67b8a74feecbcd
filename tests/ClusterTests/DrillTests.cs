using System.Text.Json;

namespace Evergrain.ClusterTests;

/// <summary>The drill as people run it, in its short form.</summary>
public sealed class DrillTests
{
    [Fact]
    public async Task Drill_Quick_Passes()
    {
        var folder = Directory.CreateTempSubdirectory("evergrain-").FullName;
        try
        {
            var config = Path.Combine(folder, "evergrain.yaml");
            await File.WriteAllTextAsync(config, $"model: {{ path: \"{Repository.Model}\" }}");
            var report = Path.Combine(folder, "report");
            string[] scenarios = ["freeze"];
            var drill = await Command.RunAsync(
                Repository.Cli, ["drill", "--quick", "--scenario", .. scenarios, "--report", report, "--config", config], seconds: 300);
            Assert.True(drill.ExitCode == 0, drill.Output + drill.Error);

            var json = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(report, "drill.json")));
            var results = json.GetProperty("scenarios").EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!);
            Assert.Equal(scenarios, results.Keys);
            foreach (var name in scenarios)
            {
                Assert.Equal("passed", results[name].GetProperty("verdict").GetString());
                Assert.NotEmpty(results[name].GetProperty("checks").EnumerateArray());
                Assert.All(results[name].GetProperty("callers").EnumerateArray(), c => Assert.True(c.GetProperty("requests").GetInt32() >= 100));
                Assert.Contains(results[name].GetProperty("timeline").GetProperty("marks").EnumerateArray(), m => m.GetProperty("kind").GetString() == "injection");
            }

            Assert.Contains("<html", await File.ReadAllTextAsync(Path.Combine(report, "drill.html")), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(report, "drill.md")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
