using System.Globalization;
using Evergrain.Cli.Drill.Results;
using Spectre.Console;

namespace Evergrain.Cli.Drill;

/// <summary>Says while the drill runs how far it is: one line that is written over on a terminal, else a line now and then.</summary>
internal sealed class DrillProgress : IAsyncDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan InFile = TimeSpan.FromSeconds(10);

    private readonly IAnsiConsole _console;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly bool _overwrites;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private string _head = "";
    private ScenarioRun? _run;

    public DrillProgress(IAnsiConsole console, TimeProvider time)
    {
        (_console, _time) = (console, time);
        _overwrites = console.Profile.Capabilities is { Ansi: true, Interactive: true } && console.Profile.Out.IsTerminal;
        _loop = TickAsync();
    }

    public void Say(string text) => Write(text, stays: true);

    public void Begin(int number, int count, IScenario scenario)
    {
        lock (_lock)
            _head = $"{number}/{count} {scenario.Name}";
        Write($"{_head}: {scenario.Title.En}", stays: true);
    }

    /// <summary>Shows a scenario's counts from now on; null: none.</summary>
    public void Watch(ScenarioRun? run)
    {
        lock (_lock)
            _run = run;
    }

    public void End(ScenarioResult result)
    {
        var verdict = result.Verdict switch { Verdict.Passed => "passed", Verdict.Failed => "FAILED", _ => "not run" };
        Write($"  {verdict} after {result.Took.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s{(result.Reason is { } reason ? $": {reason}" : "")}", stays: true);
        foreach (var check in result.Checks.Where(c => !c.Passed))
            Write($"    {check.What.En}: {check.Measured} (limit {check.Limit})", stays: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task TickAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(_overwrites ? OnTerminal : InFile, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
            {
                if (_run is { } run && !_stop.IsCancellationRequested)
                    Write(string.Create(CultureInfo.InvariantCulture, $"  {_head}: {run.Clock.Now.TotalSeconds:0} s, {run.Requests} requests, {run.Failed} failed"), stays: !_overwrites);
            }
        }
    }

    private void Write(string text, bool stays)
    {
        lock (_lock)
        {
            // Back to the start of the line and clear it: what stood there was progress.
            var line = (_overwrites ? "\r\u001b[2K" : "") + text + (stays ? "\n" : "");
            _console.Profile.Out.Writer.Write(line);
            _console.Profile.Out.Writer.Flush();
        }
    }
}
