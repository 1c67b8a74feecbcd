using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>A change that is given up half way: what is put back, and what is said of the rest.</summary>
public sealed class ModelPutBackTests : RolloutUnderTest
{
    [Fact]
    public async Task Run_TheSecondRefuses_TheFirstIsPutBackAfterTheFile()
    {
        Silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);
        Silos.OnUse["silo-a old"] = () => Expect(Setting.Now == "old");

        var error = await FailAsync();

        Assert.Equal($"{Refusal}\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-b new", "silo-a old"], Silos.Asked);
        Assert.Equal(["new", "old"], Setting.Calls);
        RequireAllServe("old");
        Assert.Contains("silo-a: v-new → v-old (old-01234567) in 2.0 s: put back", Lines);
    }

    [Fact]
    public async Task Run_TheFirstCannotBePutBack_SaysSo()
    {
        Silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);
        Silos.OnUse["silo-a old"] = () => new SwitchResult(null, "silo-a refuses: old is gone");

        var error = await FailAsync();

        Assert.Equal(
            $"{Refusal}\nNot everything is as before:\n  silo-a refuses: old is gone; it may still serve v-new (new-01234567)", error.Message);
        Assert.Equal("old", Setting.Now);
    }

    [Fact]
    public async Task Run_TheFileCannotBeRestored_SaysWhatToWrite()
    {
        Silos.OnUse["silo-b new"] = () =>
        {
            Setting.Fails = "evergrain.yaml cannot be written: full";
            return new SwitchResult(null, Refusal);
        };

        var error = await FailAsync();

        Assert.Contains("cannot be written: full; it names the new package: write old there again as model.path", error.Message, StringComparison.Ordinal);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_TheFileCannotBeWritten_AllSwitchedAndSaysWhatToWrite()
    {
        Setting.Fails = "evergrain.yaml cannot be written: read-only";

        var error = await FailAsync();

        Assert.StartsWith("evergrain.yaml cannot be written: read-only\nThe silos serve the new model, but this file still names old", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("model: { path: new }", error.Message, StringComparison.Ordinal);
        Assert.Equal(["new"], Setting.Calls);
        RequireAllServe("new");
        Assert.Equal("all silos of this node serve v-new (new-01234567)", Lines[^1]);
    }

    [Fact]
    public async Task Run_TheFileCannotBeWrittenAndTheSecondRefuses_FileIsLeftAlone()
    {
        Setting.Fails = "evergrain.yaml cannot be written: read-only";
        Silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);

        var error = await FailAsync();

        Assert.Equal($"{Refusal}\nEverything is as before.", error.Message);
        Assert.Equal(["new"], Setting.Calls);
    }

    [Fact]
    public async Task Run_SecondDiesWhileItSwitches_AllPutBackAlsoWhatItLoadedMeanwhile()
    {
        Silos.OnUse["silo-b new"] = () =>
        {
            Silos["silo-b"].State = null;
            Silos.Restart("silo-b");
            return new SwitchResult(null, "silo-b broke off (connection lost)", IsUnclear: true);
        };
        Silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 6)) Silos["silo-b"].State = ProcessState.Ready;
        };

        var error = await FailAsync();

        Assert.Equal("silo-b broke off (connection lost)\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-b new", "silo-a old", "silo-b old"], Silos.Asked);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_SecondDiesAndStaysAway_SaysWhatItWillLoad()
    {
        Silos.OnUse["silo-b new"] = () =>
        {
            Silos["silo-b"].State = null;
            return new SwitchResult(null, "silo-b broke off (connection lost)", IsUnclear: true);
        };

        var error = await FailAsync();

        Assert.EndsWith("Not everything is as before:\n  silo-b does not answer: it loads what evergrain.yaml names at its next start", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", Silos["silo-a"].Package);
    }

    [Fact]
    public async Task Run_FirstGivesNoAnswerButSwitched_PutBack()
    {
        Silos.OnUse["silo-a new"] = () =>
        {
            Silos["silo-a"].Package = "new";
            return new SwitchResult(null, "silo-a broke off (reset)", IsUnclear: true);
        };

        var error = await FailAsync();

        Assert.Equal("silo-a broke off (reset)\nEverything is as before.", error.Message);
        Assert.Empty(Setting.Calls);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_FolderChangedBetweenTwoSilos_PutBack()
    {
        Silos.OnUse["silo-b new"] = () => new SwitchResult(new ModelSwitch
        {
            Version = "v-new",
            Hash = "other",
            PreviousVersion = "v-old",
            PreviousHash = FakeSilos.HashOf("old"),
            PreviousPath = "old",
        });

        var error = await FailAsync();

        Assert.StartsWith("silo-b read v-new (other) from new, but others v-new (new-01234567)", error.Message, StringComparison.Ordinal);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_SignalDuringTheFirst_ItFinishesAndIsPutBack()
    {
        Silos.OnUse["silo-a new"] = () =>
        {
            Stop.Cancel();
            return null;
        };

        var error = await FailAsync();

        Assert.Equal("stopped by a signal\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-a old"], Silos.Asked);
        Assert.Equal(["new", "old"], Setting.Calls);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_SignalBeforeTheFirst_NothingIsChanged()
    {
        await Stop.CancelAsync();

        Assert.Equal("stopped by a signal\nNothing is changed.", (await FailAsync()).Message);
        Assert.Empty(Silos.Asked);
    }

    [Fact]
    public async Task Run_SecondSignal_FileIsRestoredAndSaysWhatIsLeft()
    {
        Silos.OnUse["silo-b new"] = () =>
        {
            Stop.Cancel();
            Insist.Cancel();
            return null;
        };

        var error = await FailAsync();

        Assert.StartsWith("silo-b broke off (given up)\nNot everything is as before:\n  given up", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", Setting.Now);
    }
}
