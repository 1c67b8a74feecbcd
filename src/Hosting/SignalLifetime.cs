using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrain.Hosting;

/// <summary>
/// Turns signals into a graceful stop. Replaces the host's console lifetime, which would also stop a supervised process at
/// Ctrl+C: the terminal sends that to the whole process group, but the supervisor stops its children in order.
/// </summary>
internal sealed partial class SignalLifetime(IHostApplicationLifetime lifetime, ILogger<SignalLifetime> logger) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CancellationTokenRegistration _stopping;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(HardExit.Arm);
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        if (!ProcessEnvironment.IsSupervised)
        {
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop));
            _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, StopWithoutTerminal));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Keeps .NET from ending the process at SIGHUP, from its first moment on; and where a supervisor stops it, at whatever else the terminal sends
    /// to the whole group. Held for the life of the process.</summary>
    public static IDisposable HoldBack()
    {
        ControllingTerminal.Remember();
        PosixSignal[] signals = ProcessEnvironment.IsSupervised ? [PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT] : [PosixSignal.SIGHUP];
        return new Ignored([.. signals.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))]);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _registrations.ForEach(registration => registration.Dispose());
    }

    /// <summary>SIGHUP from anybody but the terminal is a reload.</summary>
    private void StopWithoutTerminal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (ControllingTerminal.IsLost) Stop(context);
    }

    private void Stop(PosixSignalContext context)
    {
        // A second Ctrl+C ends the process at once: a person who insists is obeyed.
        if (context.Signal == PosixSignal.SIGINT && HardExit.IsArmed)
            return;
        context.Cancel = true;
        Log.Stopping(logger, context.Signal);
        // Armed here and not only at ApplicationStopping: its callbacks run one after the other, and one before ours may hang.
        HardExit.Arm();
        // Not on the signal's thread: callbacks of ApplicationStopping run within.
        ThreadPool.UnsafeQueueUserWorkItem(static l => l.StopApplication(), lifetime, preferLocal: false);
    }

    private sealed class Ignored(PosixSignalRegistration[] registrations) : IDisposable
    {
        public void Dispose() => Array.ForEach(registrations, registration => registration.Dispose());
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Signal}: stopping")]
        public static partial void Stopping(ILogger logger, PosixSignal signal);
    }
}
