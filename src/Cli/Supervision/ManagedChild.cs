using System.ComponentModel;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// Keeps one process of the YAML as it is wished: running (and started again when it ends unasked), down, or ended for good.
/// Wishes come from any thread; one loop acts on them.
/// </summary>
internal sealed class ManagedChild(
    ChildSpec spec, StateFolder folder, SupervisorOptions options, HealthProbe probe, TextWriter output, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly OutputFile _file = new(folder.OutputOf(spec.Name));
    private Task _loop = Task.CompletedTask;

    // What follows is read and written under the lock, and each change is announced.
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ProcessReport _report = new() { Name = spec.Name, Kind = spec.Kind, Node = spec.Node, State = ProcessState.Stopped, Restarts = 0 };
    private ChildRun? _run;
    private Wish _wish = Wish.Run;
    private bool _hurry;

    private enum Wish
    {
        Run,

        /// <summary>Down until somebody starts it.</summary>
        Down,

        /// <summary>The supervisor ends. The last wish.</summary>
        End,
    }

    public ChildSpec Spec => spec;

    public ProcessReport Report
    {
        get
        {
            lock (_gate) return _report;
        }
    }

    /// <summary>Ends once the child is stopped for good.</summary>
    public Task Ended => _loop;

    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Asks the process to end, and starts it no more.</summary>
    public void Terminate() => Ask(Wish.End, endsRun: true);

    /// <summary>Ends the process at once, and starts it no more.</summary>
    public void Kill()
    {
        Ask(Wish.End, endsRun: true);
        lock (_gate) _run?.Kill();
    }

    /// <summary>Down until <see cref="UpAsync"/>. Returns when the process is gone: by SIGTERM, or by SIGKILL where that takes too
    /// long.</summary>
    public Task DownAsync() => GoneAsync(Ask(Wish.Down, endsRun: true));

    /// <summary>Running again, at once where it waits to be. Returns when the process was started, or could not be.</summary>
    public async Task UpAsync()
    {
        Ask(Wish.Run, endsRun: false);
        await StartedAsync();
    }

    /// <summary>Another process in the place of this one; no crash, and not counted as one.</summary>
    public async Task RestartAsync()
    {
        await GoneAsync(Ask(Wish.Run, endsRun: true));
        await StartedAsync();
    }

    /// <summary>Makes the process read the YAML anew; false where none runs: the next one reads it when it starts.</summary>
    public bool Reload()
    {
        lock (_gate)
        {
            if (_run is not { Asked: false } run) return false;
            run.Reload();
            return true;
        }
    }

    /// <summary>Returns when a look has found it ready, so that the report says so too; after two looks' time in any case.</summary>
    public async Task SeenReadyAsync()
    {
        using var limit = new CancellationTokenSource(2 * (options.PollInterval + options.ProbeTimeout), time);
        try
        {
            await UntilAsync(() => _run is null || _report.State == ProcessState.Ready, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The report says what the looks have found instead.
        }
    }

    /// <summary>After its end only.</summary>
    public void Dispose() => _run?.Dispose();

    /// <returns>The process that has to end for the wish, where there is one.</returns>
    private ChildRun? Ask(Wish wish, bool endsRun)
    {
        lock (_gate)
        {
            if (_wish == Wish.End) return null;
            _wish = wish;
            if (_run is null)
            {
                _hurry = wish == Wish.Run;
                Set(_report with { State = _hurry ? ProcessState.Starting : ProcessState.Stopped });
            }

            if (!endsRun || _run is not { } run) return null;
            if (!run.Asked)
            {
                run.Terminate();
                Set(_report with { State = ProcessState.Stopping });
            }

            return run;
        }
    }

    private async Task GoneAsync(ChildRun? run)
    {
        if (run is null) return;
        using var limit = new CancellationTokenSource(options.StopLimit, time);
        try
        {
            await UntilAsync(() => _run != run, limit.Token);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // Not one that has ended meanwhile: its pid may be another's.
                if (_run == run) run.Kill();
            }

            await UntilAsync(() => _run != run);
        }
    }

    private Task StartedAsync() => UntilAsync(() => _wish != Wish.Run || _run is { Asked: false } || _report.State == ProcessState.Backoff);

    private async Task LoopAsync()
    {
        var backoff = new RestartBackoff(options);
        while (await IsWantedAsync())
        {
            if (await RunOnceAsync() is { } crash) await BackOffAsync(crash, backoff.Next(crash.HealthyFor, crash.Hopeless));
            else backoff = new RestartBackoff(options);
        }
    }

    /// <summary>Waits while the child is to be down; false once it is never to run again.</summary>
    private async Task<bool> IsWantedAsync()
    {
        await UntilAsync(() => _wish != Wish.Down);
        lock (_gate) return _wish != Wish.End;
    }

    /// <returns>How it ended, or why it did not start; null where it is not to run.</returns>
    private async Task<Crash?> RunOnceAsync()
    {
        ChildRun run;
        lock (_gate)
        {
            // Under the lock, so that a stop either prevents the start or reaches what was started.
            if (_wish != Wish.Run) return null;
            _hurry = false;
            try
            {
                var process = ChildProcess.Start(spec, folder.ConfigFolder, folder.LogOf(spec.Name), _file);
                run = _run = new ChildRun(process, spec, options, time);
            }
            catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
            {
                var failure = new Crash($"cannot start: {e.Message}", TimeSpan.Zero, Hopeless: true);
                Set(_report with { State = ProcessState.Backoff, LastExit = failure.Cause });
                return failure;
            }

            Set(_report with { Pid = run.Pid, State = ProcessState.Starting, StartedAt = time.GetUtcNow() });
        }

        await output.WriteLineAsync($"{spec.Name} started (pid {run.Pid})");
        var (end, cause) = await run.UntilEndAsync(probe, ready => OnHealth(run, ready));
        Wish wish;
        lock (_gate)
        {
            (_run, wish) = (null, _wish);
            var state = !run.Asked ? ProcessState.Backoff : wish == Wish.Run ? ProcessState.Starting : ProcessState.Stopped;
            Set(_report with { Pid = null, State = state, LastExit = run.Asked ? end.ToString() : cause });
            run.Dispose();
        }

        if (!run.Asked) return new Crash(cause, run.HealthyFor, end.IsWrongConfiguration);
        if (wish != Wish.End) await output.WriteLineAsync($"{spec.Name} stopped ({end})");
        return null;
    }

    private async Task BackOffAsync(Crash crash, TimeSpan delay)
    {
        await output.WriteLineAsync($"{spec.Name} ended ({crash.Cause}); starting again in {Durations.Format(delay)}");
        if (crash.Hopeless && _file.Tail() is { Length: > 0 } words)
            await output.WriteLineAsync("  " + words.Replace("\n", "\n  ", StringComparison.Ordinal));
        using var over = new CancellationTokenSource(delay, time);
        try
        {
            await UntilAsync(() => _wish != Wish.Run || _hurry, over.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody had another wish.
        }

        lock (_gate)
        {
            if (_wish == Wish.Run) Set(_report with { Restarts = _report.Restarts + 1 });
        }
    }

    private void OnHealth(ChildRun run, bool ready)
    {
        lock (_gate)
        {
            // The look may have begun before the stop.
            if (run.Asked) return;
            var state = ready ? ProcessState.Ready : _report.State == ProcessState.Starting ? ProcessState.Starting : ProcessState.Unready;
            Set(_report with { State = state });
        }
    }

    /// <summary>Under the lock.</summary>
    private void Set(ProcessReport report)
    {
        _report = report;
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <param name="condition">Looked at under the lock, after every change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition()) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private sealed record Crash(string Cause, TimeSpan HealthyFor, bool Hopeless);
}
