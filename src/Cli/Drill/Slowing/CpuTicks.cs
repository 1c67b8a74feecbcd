using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Slowing;

/// <summary>Stops a process and lets it go on, ten times a second, as cpulimit does. All its threads stand still in between, which is
/// harder than a quota: even what needs no computing waits.</summary>
internal sealed class CpuTicks : ICpuLimit
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public CpuTicks(int pid, int percent, TimeProvider time)
    {
        var runs = Period * percent / 100;
        _loop = Task.Run(async () =>
        {
            try
            {
                while (!_stop.IsCancellationRequested && Signals.Send(pid, Signal.Stop))
                {
                    await Task.Delay(Period - runs, time, _stop.Token);
                    Signals.Send(pid, Signal.Continue);
                    await Task.Delay(runs, time, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // Lifted.
            }
            finally
            {
                Signals.Send(pid, Signal.Continue);
            }
        });
    }

    public string By => "SIGSTOP and SIGCONT";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }
}
