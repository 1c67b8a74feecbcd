using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Evergrain.Hosting;

/// <summary>
/// Ends the process gracefully when its supervisor is gone. The supervisor holds the other end of our stdin and never writes:
/// the kernel closes it however the supervisor ends, kill -9 included.
/// </summary>
internal sealed partial class SupervisorWatch(IHostApplicationLifetime lifetime, ILogger<SupervisorWatch> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A blocking read on a background thread: nothing to poll, and it does not keep the process alive.
        new Thread(WaitForEnd) { IsBackground = true, Name = "supervisor-watch" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForEnd()
    {
        try
        {
            using var stdin = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (stdin.Read(ignored) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A broken pipe says the same as its end.
        }
        if (HardExit.IsArmed)
            return;
        Log.SupervisorGone(logger);
        HardExit.Arm();
        lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The supervisor is gone (stdin closed): stopping")]
        public static partial void SupervisorGone(ILogger logger);
    }
}
