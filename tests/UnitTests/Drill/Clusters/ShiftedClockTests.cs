using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.UnitTests.Drill.Clusters;

public sealed class ShiftedClockTests
{
    [Theory]
    [InlineData("silo-b", true)]
    [InlineData("silo-bb", false)]
    [InlineData("silo-a", false)]
    public async Task Program_OneSilo_RunsUnderTheLibraryAndTheOthersNot(string name, bool shifted)
    {
        // In place of the silo: says what it was started with. Where there is no library the loader says so on stderr, and goes on.
        await using var clock = ShiftedClock.Create("silo-b", "/bin/sh -c 'echo \"${FAKETIME_TIMESTAMP_FILE:-none}\"' sh");
        var printed = await ToolRun.RequireAsync(clock.Program, ["--config", "x", "--name", name], TestContext.Current.CancellationToken);
        Assert.Equal(shifted ? Path.Combine(Path.GetDirectoryName(clock.Program)!, "offset") : "none", printed.Trim());
    }

    [Theory]
    [InlineData(300, "+300\n")]
    [InlineData(-300, "-300\n")]
    [InlineData(0, "+0\n")]
    public async Task Step_Seconds_IsWhatTheLibraryReads(int seconds, string expected)
    {
        await using var clock = ShiftedClock.Create("silo-b", "/bin/true");
        clock.Step(TimeSpan.FromSeconds(seconds));
        Assert.Equal(expected, await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(clock.Program)!, "offset"), TestContext.Current.CancellationToken));
    }
}
