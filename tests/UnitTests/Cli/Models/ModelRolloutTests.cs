using Evergrain.Cli;
using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Cli.Models;

public sealed class ModelRolloutTests : IDisposable
{
    private const string Refusal = "silo-b refuses: probe 3 is wrong";

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();
    private readonly FakeSetting _setting = new();
    private readonly FakeSilos _silos;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _insist = new();

    public ModelRolloutTests() => _silos = new FakeSilos(_time, _setting);

    public void Dispose()
    {
        _stop.Dispose();
        _insist.Dispose();
    }

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Run_AllReady_OneAfterTheOtherAndTheFileAfterTheFirst()
    {
        _silos.OnUse["silo-a new"] = () => Expect(_setting.Now == "old");
        _silos.OnUse["silo-b new"] = () => Expect(_setting.Now == "new" && _silos["silo-a"].Package == "new");

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new"], _silos.Asked);
        Assert.Equal(["new"], _setting.Calls);
        Assert.Equal(
            ["silo-a: v-old → v-new (new-01234567) in 2.0 s", "silo-b: v-old → v-new (new-01234567) in 2.0 s", "all silos of this node serve v-new (new-01234567)"],
            Lines);
    }

    [Fact]
    public async Task Run_TheFirstRefuses_NothingElseIsTouched()
    {
        _silos.OnUse["silo-a new"] = () => new SwitchResult(null, "silo-a refuses: no");

        var error = await FailAsync();

        Assert.Equal("silo-a refuses: no\nNothing is changed.", error.Message);
        Assert.Equal(1, error.ExitCode);
        Assert.Equal(["silo-a new"], _silos.Asked);
        Assert.Empty(_setting.Calls);
    }

    [Fact]
    public async Task Run_TheSecondRefuses_TheFirstIsPutBackAfterTheFile()
    {
        _silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);
        _silos.OnUse["silo-a old"] = () => Expect(_setting.Now == "old");

        var error = await FailAsync();

        Assert.Equal($"{Refusal}\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-b new", "silo-a old"], _silos.Asked);
        Assert.Equal(["new", "old"], _setting.Calls);
        RequireAllServe("old");
        Assert.Contains("silo-a: v-new → v-old (old-01234567) in 2.0 s: put back", Lines);
    }

    [Fact]
    public async Task Run_TheFirstCannotBePutBack_SaysSo()
    {
        _silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);
        _silos.OnUse["silo-a old"] = () => new SwitchResult(null, "silo-a refuses: old is gone");

        var error = await FailAsync();

        Assert.Equal(
            $"{Refusal}\nNot everything is as before:\n  silo-a refuses: old is gone; it may still serve v-new (new-01234567)", error.Message);
        Assert.Equal("old", _setting.Now);
    }

    [Fact]
    public async Task Run_TheFileCannotBeRestored_SaysWhatToWrite()
    {
        _silos.OnUse["silo-b new"] = () =>
        {
            _setting.Fails = "evergrain.yaml cannot be written: full";
            return new SwitchResult(null, Refusal);
        };

        var error = await FailAsync();

        Assert.Contains("cannot be written: full; it names the new package: write old there again as model.path", error.Message, StringComparison.Ordinal);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_TheFileCannotBeWritten_AllSwitchedAndSaysWhatToWrite()
    {
        _setting.Fails = "evergrain.yaml cannot be written: read-only";

        var error = await FailAsync();

        Assert.StartsWith("evergrain.yaml cannot be written: read-only\nThe silos serve the new model, but this file still names old", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("model: { path: new }", error.Message, StringComparison.Ordinal);
        Assert.Equal(["new"], _setting.Calls);
        RequireAllServe("new");
        Assert.Equal("all silos of this node serve v-new (new-01234567)", Lines[^1]);
    }

    [Fact]
    public async Task Run_TheFileCannotBeWrittenAndTheSecondRefuses_FileIsLeftAlone()
    {
        _setting.Fails = "evergrain.yaml cannot be written: read-only";
        _silos.OnUse["silo-b new"] = () => new SwitchResult(null, Refusal);

        var error = await FailAsync();

        Assert.Equal($"{Refusal}\nEverything is as before.", error.Message);
        Assert.Equal(["new"], _setting.Calls);
    }

    [Fact]
    public async Task Run_SiloAway_PassedOverWithAWarning()
    {
        _silos["silo-a"].State = null;

        await RunAsync();

        Assert.Equal(["silo-b new"], _silos.Asked);
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
        (_silos["silo-b"].State, _silos["silo-b"].Reason) = ("draining", "drained by an operator");

        await RunAsync();

        Assert.Equal(["silo-a new"], _silos.Asked);
        Assert.Contains(
            "silo-b is draining (drained by an operator): it loads what evergrain.yaml names at its next start, and has v-old until then", Lines);
    }

    [Fact]
    public async Task Run_NoneReady_ErrorAndNothingWritten()
    {
        _silos["silo-a"].State = null;
        (_silos["silo-b"].State, _silos["silo-b"].Reason, _silos["silo-b"].Package) = ("failed", "wrong hash", null);

        var error = await FailAsync();

        Assert.Equal(
            "no silo of this node is ready (silo-a does not answer; silo-b is failed (wrong hash)): start them with ./run\nNothing is changed.", error.Message);
        Assert.Empty(_setting.Calls);
        Assert.Empty(_silos.Asked);
    }

    [Fact]
    public async Task Run_SiloWasStartingWithTheOldModel_WaitedForAndSwitched()
    {
        _silos["silo-b"].State = "starting";
        _silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 4)) _silos["silo-b"].State = ProcessState.Ready;
        };

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new"], _silos.Asked);
        Assert.Contains("waiting for up to 2m: silo-b is starting", Lines);
        RequireAllServe("new");
    }

    [Fact]
    public async Task Run_FirstRestartedBeforeTheFileWasWritten_SwitchedAgain()
    {
        _silos.OnUse["silo-b new"] = () =>
        {
            _silos["silo-a"].Package = "old";
            return null;
        };

        await RunAsync();

        Assert.Equal(["silo-a new", "silo-b new", "silo-a new"], _silos.Asked);
        RequireAllServe("new");
    }

    [Fact]
    public async Task Run_SecondRestartsAfterTheFileWasWritten_NotSwitchedTwice()
    {
        _silos.OnUse["silo-a new"] = () => null;
        _silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 1)) _silos["silo-b"].State = null;
            if ((name, count) != ("silo-b", 5)) return;
            _silos["silo-b"].State = ProcessState.Ready;
            _silos.Restart("silo-b");
        };

        await RunAsync();

        Assert.Equal(["silo-a new"], _silos.Asked);
        Assert.Contains("silo-b does not answer: passed over", Lines);
        RequireAllServe("new");
        Assert.Equal("all silos of this node serve v-new (new-01234567)", Lines[^1]);
    }

    [Fact]
    public async Task Run_SecondDiesWhileItSwitches_AllPutBackAlsoWhatItLoadedMeanwhile()
    {
        _silos.OnUse["silo-b new"] = () =>
        {
            _silos["silo-b"].State = null;
            _silos.Restart("silo-b");
            return new SwitchResult(null, "silo-b broke off (connection lost)", IsUnclear: true);
        };
        _silos.OnStatus = (name, count) =>
        {
            if ((name, count) == ("silo-b", 6)) _silos["silo-b"].State = ProcessState.Ready;
        };

        var error = await FailAsync();

        Assert.Equal("silo-b broke off (connection lost)\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-b new", "silo-a old", "silo-b old"], _silos.Asked);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_SecondDiesAndStaysAway_SaysWhatItWillLoad()
    {
        _silos.OnUse["silo-b new"] = () =>
        {
            _silos["silo-b"].State = null;
            return new SwitchResult(null, "silo-b broke off (connection lost)", IsUnclear: true);
        };

        var error = await FailAsync();

        Assert.EndsWith("Not everything is as before:\n  silo-b does not answer: it loads what evergrain.yaml names at its next start", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", _silos["silo-a"].Package);
    }

    [Fact]
    public async Task Run_FirstGivesNoAnswerButSwitched_PutBack()
    {
        _silos.OnUse["silo-a new"] = () =>
        {
            _silos["silo-a"].Package = "new";
            return new SwitchResult(null, "silo-a broke off (reset)", IsUnclear: true);
        };

        var error = await FailAsync();

        Assert.Equal("silo-a broke off (reset)\nEverything is as before.", error.Message);
        Assert.Empty(_setting.Calls);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_FolderChangedBetweenTwoSilos_PutBack()
    {
        _silos.OnUse["silo-b new"] = () => new SwitchResult(new ModelSwitch
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
    public async Task Run_ServesItAlready_FileIsWrittenAllTheSame()
    {
        _silos["silo-a"].Package = _silos["silo-b"].Package = "new";

        await RunAsync();

        Assert.Equal(["silo-a new"], _silos.Asked);
        Assert.Equal(["new"], _setting.Calls);
        Assert.Equal(["silo-a: serves v-new (new-01234567) already", "silo-b: serves v-new (new-01234567) already"], Lines[..2]);
    }

    [Fact]
    public async Task Run_SignalDuringTheFirst_ItFinishesAndIsPutBack()
    {
        _silos.OnUse["silo-a new"] = () =>
        {
            _stop.Cancel();
            return null;
        };

        var error = await FailAsync();

        Assert.Equal("stopped by a signal\nEverything is as before.", error.Message);
        Assert.Equal(["silo-a new", "silo-a old"], _silos.Asked);
        Assert.Equal(["new", "old"], _setting.Calls);
        RequireAllServe("old");
    }

    [Fact]
    public async Task Run_SignalBeforeTheFirst_NothingIsChanged()
    {
        await _stop.CancelAsync();

        Assert.Equal("stopped by a signal\nNothing is changed.", (await FailAsync()).Message);
        Assert.Empty(_silos.Asked);
    }

    [Fact]
    public async Task Run_SecondSignal_FileIsRestoredAndSaysWhatIsLeft()
    {
        _silos.OnUse["silo-b new"] = () =>
        {
            _stop.Cancel();
            _insist.Cancel();
            return null;
        };

        var error = await FailAsync();

        Assert.StartsWith("silo-b broke off (given up)\nNot everything is as before:\n  given up", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", _setting.Now);
    }

    private async Task RunAsync()
    {
        SiloConfig[] node = [.. new[] { "silo-a", "silo-b" }.Select(name => new SiloConfig { Name = name, SiloPort = 1, GatewayPort = 2, AdminPort = 3 })];
        var round = new SiloRound([.. node], _silos, new RolloutOptions(), _output, _time);
        var running = new ModelRollout(new PackageSummary("new", "mood", "v-new"), round, _silos, _setting, _output, _time).RunAsync(_stop.Token, _insist.Token);
        for (var i = 0; i < 5000 && !running.IsCompleted; i++) _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(running.IsCompleted, _output.ToString());
        await running;
    }

    private Task<UserException> FailAsync() => Assert.ThrowsAsync<UserException>(RunAsync);

    private void RequireAllServe(string package) => Assert.All(["silo-a", "silo-b"], name => Assert.Equal(package, _silos[name].Package));

    private static SwitchResult? Expect(bool condition)
    {
        Assert.True(condition);
        return null;
    }
}
