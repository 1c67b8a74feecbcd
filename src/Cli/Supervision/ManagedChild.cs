using System.ComponentModel;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>Keeps one process of the YAML running until told to stop: starts it, watches its health, starts it again.</summary>
internal sealed class ManagedChild(
    ChildSpec spec, StateFolder folder, SupervisorOptions options, HealthProbe probe, TextWriter output, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly OutputFile _file = new(folder.OutputOf(spec.Name));
    private ChildProcess? _process;
    private Task _loop = Task.CompletedTask;
    private string? _killedBecause;

    /// <summary>Swapped whole: the control socket reads it from other threads.</summary>
    private volatile ProcessReport _report = new() { Name = spec.Name, Kind = spec.Kind, Node = spec.Node, State = ProcessState.Stopped, Restarts = 0 };

    public ChildSpec Spec => spec;

    public ProcessReport Report => _report;

    /// <summary>Ends once the child is stopped for good.</summary>
    public Task Ended => _loop;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Asks the process to end, and starts it no more.</summary>
    public void Terminate()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
                return;
            _stopping.Cancel();
            _process?.Terminate();
        }
    }

    /// <summary>Ends the process at once, and starts it no more.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _stopping.Cancel();
            _process?.Kill();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        var backoff = new RestartBackoff(options);
        while (await RunOnceAsync() is { } ended)
        {
            var delay = backoff.Next(ended.HealthyFor, ended.Hopeless);
            _report = _report with { Pid = null, State = ProcessState.Backoff, LastExit = ended.Cause };
            await output.WriteLineAsync($"{spec.Name} ended ({ended.Cause}); starting again in {Durations.Format(delay)}");
            if (ended.Hopeless && _file.Tail() is { Length: > 0 } words)
                await output.WriteLineAsync(Indent(words));
            try
            {
                await Task.Delay(delay, time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            _report = _report with { Restarts = _report.Restarts + 1 };
        }
        _report = _report with { Pid = null, State = ProcessState.Stopped };
    }

    /// <returns>How it ended; null once the child is to stay down.</returns>
    private async Task<Ending?> RunOnceAsync()
    {
        ChildProcess process;
        lock (_gate)
        {
            // Under the lock, so that a stop either prevents the start or reaches what was started.
            if (_stopping.IsCancellationRequested)
                return null;
            try
            {
                process = _process = ChildProcess.Start(spec, folder.ConfigFolder, folder.LogOf(spec.Name), _file);
            }
            catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
            {
                return new Ending($"cannot start: {e.Message}", TimeSpan.Zero, Hopeless: true);
            }
        }
        _killedBecause = null;
        _report = _report with { Pid = process.Pid, State = ProcessState.Starting, StartedAt = time.GetUtcNow() };
        await output.WriteLineAsync($"{spec.Name} started (pid {process.Pid})");

        var silence = new SilenceWatch(options, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var watch = WatchAsync(process, silence, ended.Token);
        var end = await process.WaitAsync();
        await ended.CancelAsync();
        await watch;
        lock (_gate)
        {
            _process = null;
            process.Dispose();
            if (_stopping.IsCancellationRequested)
            {
                _report = _report with { LastExit = end.ToString() };
                return null;
            }
        }
        return new Ending(_killedBecause ?? end.ToString(), silence.HealthyFor, end.IsWrongConfiguration);
    }

    private async Task WatchAsync(ChildProcess process, SilenceWatch silence, CancellationToken ended)
    {
        try
        {
            using var timer = new PeriodicTimer(options.PollInterval, time);
            while (await timer.WaitForNextTickAsync(ended))
            {
                var ready = probe.AnswersAsync(spec.Health, "/health/ready", ended);
                silence.Observe(await probe.AnswersAsync(spec.Health, "/health/live", ended));
                _report = _report with { State = NextState(_report.State, await ready) };
                if (!silence.IsSilent)
                    continue;
                _killedBecause = $"silent for {Durations.Format(silence.Limit)}, killed";
                process.Kill();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // It ended, or it is told to: what it answers while it drains is its own affair.
        }
    }

    private static string NextState(string state, bool ready)
        => ready ? ProcessState.Ready : state == ProcessState.Starting ? ProcessState.Starting : ProcessState.Unready;

    private static string Indent(string words) => "  " + words.Replace("\n", "\n  ", StringComparison.Ordinal);

    private sealed record Ending(string Cause, TimeSpan HealthyFor, bool Hopeless);
}
