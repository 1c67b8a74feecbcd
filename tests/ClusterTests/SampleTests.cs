namespace Evergrain.ClusterTests;

[Collection(HealthyCluster.Name)]
public sealed class SampleTests(SharedCluster shared)
{
    [Fact]
    public async Task DirectClient_OneSiloGiven_AnswersBoth()
    {
        var result = await Command.RunAsync(Repository.Executable("DirectClient", "DirectClient"), [$"127.0.0.1:{shared.Cluster.Ports[1]}"], seconds: 30);
        RequireAnswers(result);
    }

    [Fact]
    public async Task OrleansClient_BothSilosGiven_AnswersBoth()
    {
        var silos = new[] { 1, 4 }.Select(i => $"127.0.0.1:{shared.Cluster.Ports[i]}");
        RequireAnswers(await Command.RunAsync(Repository.Executable("OrleansClient", "OrleansClient"), silos, seconds: 30));
    }

    [Fact]
    public async Task Predict_Command_PrintsLabels()
        => RequireAnswers(await Command.RunAsync(Repository.Cli, ["predict", "--config", shared.Cluster.Config, "这个产品太棒了!", "质量很差，用了两天就坏了。"]));

    [Fact]
    public async Task ModelCheck_Default_Passes()
    {
        var result = await Command.RunAsync(Repository.Cli, ["model", "check", Repository.Model], seconds: 120);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    private static void RequireAnswers(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("positive", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("negative", lines[1], StringComparison.Ordinal);
    }
}
