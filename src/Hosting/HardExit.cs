using System.Diagnostics;
using Serilog;

namespace Evergrain.Hosting;

/// <summary>
/// Ends the process 13 s after it was told to stop, whatever hangs by then: Orleans, for one, retries its last status update for
/// as long as the database is away.
/// </summary>
public static class HardExit
{
    /// <summary>From the first stop request to the end of the process, at the latest: operators are promised 15 s.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(13);

    private static readonly TimeSpan ExitHandlersMayTake = TimeSpan.FromSeconds(1);

    private static int _armed;
    private static volatile bool _drainedCleanly;

    /// <summary>Set by a process once everything it had in flight is answered: a hard exit after that is no failure (exit code 0
    /// instead of 1).</summary>
    public static bool DrainedCleanly
    {
        get => _drainedCleanly;
        set => _drainedCleanly = value;
    }

    /// <summary>Exit code of a hard exit where a process has one to tell; it goes before <see cref="DrainedCleanly"/>.</summary>
    public static int? Code { get; set; }

    /// <summary>Whether this process was told to stop.</summary>
    internal static bool IsArmed => Volatile.Read(ref _armed) == 1;

    /// <summary>Starts the clock; later calls change nothing.</summary>
    internal static void Arm()
    {
        if (Interlocked.Exchange(ref _armed, 1) == 1)
            return;
        // A thread of its own: a starved thread pool, which may be what hangs, would not run a timer's callback. It waits
        // for nothing but the time to pass, and as a background thread it does not hold up a regular end.
        Start("hard-exit", () =>
        {
            Pause(After);
            Log.ForContext(typeof(HardExit)).Error("Not stopped after {After}: ending the process", After);
            // Environment.Exit runs exit handlers and may wait for one that hangs for ever.
            Start("hard-kill", () =>
            {
                Pause(ExitHandlersMayTake);
                using var self = Process.GetProcessById(Environment.ProcessId);
                self.Kill();
            });
            Environment.Exit(Code ?? (DrainedCleanly ? 0 : 1));
        });
    }

    private static void Start(string name, ThreadStart work) => new Thread(work) { IsBackground = true, Name = name }.Start();

    private static void Pause(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time);
    }
}
