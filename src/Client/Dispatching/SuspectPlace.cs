using Evergrain.Client.Channels;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Dispatching;

/// <summary>A silo's one place for texts that may have ended a process, as its clients take it.</summary>
internal sealed partial class SuspectPlace(ILogger<SuspectPlace> logger, TimeProvider time)
{
    /// <summary>Waits for the place. Never throws.</summary>
    /// <returns>False where the silo was lost, the place was not free in time, or the wait was cancelled: nothing can be said against the
    /// text then.</returns>
    public async Task<bool> EnterAsync(ISiloChannel channel, Guid ticket, TimeSpan left, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(left, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, channel.Lost, cancellationToken);
        try
        {
            return await channel.EnterAloneAsync(ticket, left, any.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // It may have been granted in this moment, and nobody else would give it back. Should this come before the wait itself, the silo
            // remembers it.
            if (channel.Connected) channel.LeaveAlone(ticket);
            if (!cancellationToken.IsCancellationRequested) Log.NoPlace(logger, channel.Name, e.GetType().Name);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(13, LogLevel.Information, "{Silo} has no place for a suspect text: {Cause}")]
        public static partial void NoPlace(ILogger logger, string silo, string cause);
    }
}
