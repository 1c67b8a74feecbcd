using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.UnitTests.Drill;

public sealed class ResourceLogTests
{
    [Fact]
    public void Medians_PartOfTheLooks_EachProcessByItsName()
    {
        ResourceLog.Look[] looks = [Look(1, "a", 7, 100), Look(2, "a", 7, 900), Look(3, "a", 7, 300), Look(4, "a", 7, 5), Look(2, "b", 8, 50)];
        var medians = ResourceLog.Medians(looks, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4));
        Assert.Equal(["a", "b"], medians.Keys);
        Assert.Equal(new ProcessResources(300, 30, 3), medians["a"]);
        Assert.Equal(50, medians["b"].ResidentBytes);
    }

    [Fact]
    public void Medians_ProcessReplacedMeanwhile_LeftOut()
    {
        // What another process holds says nothing about growth.
        ResourceLog.Look[] looks = [Look(1, "a", 7, 100), Look(2, "a", 9, 100)];
        Assert.Empty(ResourceLog.Medians(looks, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Resources_ThisProcess_HasSomeOfEach()
    {
        var holds = ProcessFacts.Resources(Environment.ProcessId);
        Assert.True(holds is { ResidentBytes: > 1 << 20, Handles: > 2, Threads: > 1 }, $"{holds}");
        Assert.Null(ProcessFacts.Resources(int.MaxValue));
    }

    private static ResourceLog.Look Look(int second, string name, int pid, long bytes)
        => new(TimeSpan.FromSeconds(second), name, pid, new ProcessResources(bytes, (int)(bytes / 10), (int)(bytes / 100)));
}
