using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>A change that succeeds, or that nothing has come of yet.</summary>
public sealed class ModelRolloutTests : RolloutUnderTest
{
    [Fact]
    public async Task Run_AllReady_OneAfterTheOtherAndTheFileAfterTheFirst()
    {
        Silos.OnUse["silo-a new"] = () => Expect(Setting.Now == "old");
        Silos.OnUse["silo-b new"] = () => Expect(Setting.Now == "new" && Silos["silo-a"].Package == "new");

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new"], Silos.Asked);
        Assert.Equal(["new"], Setting.Calls);
        Assert.Equal(
            ["silo-a: v-old → v-new (new-01234567) in 2.0 s", "silo-b: v-old → v-new (new-01234567) in 2.0 s", "all silos of this node serve v-new (new-01234567)"],
            Lines);
    }

    [Fact]
    public async Task Run_TheFirstRefuses_NothingElseIsTouched()
    {
        Silos.OnUse["silo-a new"] = () => new SwitchResult(null, "silo-a refuses: no");

        var error = await FailAsync();

        Assert.Equal("silo-a refuses: no\nNothing is changed.", error.Message);
        Assert.Equal(1, error.ExitCode);
        Assert.Equal(["silo-a new"], Silos.Asked);
        Assert.Empty(Setting.Calls);
    }

    [Fact]
    public async Task Run_SiloAway_PassedOverWithAWarning()
    {
        Silos["silo-a"].State = null;

        await RunAsync();

        Assert.Equal(["silo-b new"], Silos.Asked);
        Assert.Equal(
            [
                "silo-a does not answer: passed over", "silo-b: v-old → v-new (new-01234567) in 2.0 s",
                "silo-a does not answer: it loads what evergrain.yaml names at its next start", "silo-b: v-new (new-01234567)",
            ],
            Lines);
    }

    [Fact]
    public async Task Run_SiloDrained_PassedOverAndSaysWhatItHas()
    {
        (Silos["silo-b"].State, Silos["silo-b"].Reason) = ("draining", "drained by an operator");

        await RunAsync();

        Assert.Equal(["silo-a new"], Silos.Asked);
        Assert.Contains(
            "silo-b is draining (drained by an operator): it loads what evergrain.yaml names at its next start, and has v-old until then", Lines);
    }

    [Fact]
    public async Task Run_NoneReady_ErrorAndNothingWritten()
    {
        Silos["silo-a"].State = null;
        (Silos["silo-b"].State, Silos["silo-b"].Reason, Silos["silo-b"].Package) = ("failed", "wrong hash", null);

        var error = await FailAsync();

        Assert.Equal(
            "no silo of this node is ready (silo-a does not answer; silo-b is failed (wrong hash)): start them with ./run\nNothing is changed.", error.Message);
        Assert.Empty(Setting.Calls);
        Assert.Empty(Silos.Asked);
    }

    [Fact]
    public async Task Run_SiloWasStartingWithTheOldModel_WaitedForAndSwitched()
    {
        Silos["silo-b"].State = "starting";
        Silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 4)) Silos["silo-b"].State = ProcessState.Ready;
        };

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new"], Silos.Asked);
        Assert.Contains("waiting for up to 2m: silo-b is starting", Lines);
        RequireAllServe("new");
    }

    [Fact]
    public async Task Run_FirstRestartedBeforeTheFileWasWritten_SwitchedAgain()
    {
        Silos.OnUse["silo-b new"] = () =>
        {
            Silos["silo-a"].Package = "old";
            return null;
        };

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new", "silo-a new"], Silos.Asked);
        RequireAllServe("new");
    }

    [Fact]
    public async Task Run_SecondRestartsAfterTheFileWasWritten_NotSwitchedTwice()
    {
        Silos.OnUse["silo-a new"] = () => null;
        Silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 1)) Silos["silo-b"].State = null;
            if ((name, count) != ("silo-b", 5)) return;
            Silos["silo-b"].State = ProcessState.Ready;
            Silos.Restart("silo-b");
        };

        await RunAsync();

        Assert.Equal(["silo-a new"], Silos.Asked);
        Assert.Contains("silo-b does not answer: passed over", Lines);
        RequireAllServe("new");
        Assert.Equal("all silos of this node serve v-new (new-01234567)", Lines[^1]);
    }

    [Fact]
    public async Task Run_ServesItAlready_FileIsWrittenAllTheSame()
    {
        Silos["silo-a"].Package = Silos["silo-b"].Package = "new";

        await RunAsync();

        Assert.Equal(["silo-a new"], Silos.Asked);
        Assert.Equal(["new"], Setting.Calls);
        Assert.Equal(["silo-a: serves v-new (new-01234567) already", "silo-b: serves v-new (new-01234567) already"], Lines[..2]);
    }
}
