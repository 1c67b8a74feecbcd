using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>One process of a child from its start to its end, and the watch over it meanwhile.</summary>
internal sealed class ChildRun(ChildProcess process, ChildSpec spec, SupervisorOptions options, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _unwatched = new();
    private readonly SilenceWatch _silence = new(options.SilenceOf(spec.Kind), options, time);
    private string? _killedBecause;
    private int _reload;

    public int Pid => process.Pid;

    /// <summary>It was asked to end: however it does is no crash.</summary>
    public bool Asked { get; private set; }

    /// <summary>How long it had been answering without a break.</summary>
    public TimeSpan HealthyFor => _silence.HealthyFor;

    /// <summary>Asks it to end. What it answers while it drains is its own affair.</summary>
    public void Terminate()
    {
        Asked = true;
        _unwatched.Cancel();
        process.Terminate();
    }

    public void Kill() => process.Kill();

    /// <summary>Asks it to read the YAML anew; where it has never answered yet, once it does. Before that SIGHUP would end it, and it may have read the
    /// file already.</summary>
    public void Reload()
    {
        Volatile.Write(ref _reload, 1);
        if (_silence.HasAnswered) SendReload();
    }

    /// <param name="probe">Asks for its health.</param>
    /// <param name="onHealth">Told after every look whether it is ready.</param>
    /// <returns>How it ended, and why it was killed where the watch did that.</returns>
    public async Task<(ProcessEnd End, string Cause)> UntilEndAsync(HealthProbe probe, Action<bool> onHealth)
    {
        var watch = WatchAsync(probe, onHealth);
        var end = await process.WaitAsync();
        await _unwatched.CancelAsync();
        await watch;
        return (end, _killedBecause ?? end.ToString());
    }

    public void Dispose()
    {
        process.Dispose();
        _unwatched.Dispose();
    }

    /// <summary>Once for each wish, whichever of the two threads comes first.</summary>
    private void SendReload()
    {
        if (Interlocked.Exchange(ref _reload, 0) == 1) process.Reload();
    }

    private async Task WatchAsync(HealthProbe probe, Action<bool> onHealth)
    {
        try
        {
            using var timer = new PeriodicTimer(options.PollInterval, time);
            while (await timer.WaitForNextTickAsync(_unwatched.Token))
            {
                var ready = probe.AnswersAsync(spec.Health, "/health/ready", _unwatched.Token);
                _silence.Observe(await probe.AnswersAsync(spec.Health, "/health/live", _unwatched.Token));
                if (_silence.HasAnswered) SendReload();
                onHealth(await ready);
                if (!_silence.IsSilent)
                    continue;
                _killedBecause = $"silent for {Durations.Format(_silence.Limit)}, killed";
                process.Kill();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // It ended, or it was asked to.
        }
    }
}
