using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Evergrain.Silo.Poison;

/// <summary>The way in to this silo's <see cref="AlonePlace"/> and its list of refused texts. Reentrant: whoever waits for the place must not
/// keep its holder from leaving.</summary>
[StatelessWorker(1, removeIdleWorkers: false), Reentrant]
internal sealed partial class PoisonGrain(AlonePlace place, PoisonList poison, ILogger<PoisonGrain> logger) : Grain, IPoisonGrain
{
    public Task<bool> EnterAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken = default)
        => place.EnterAsync(ticket, timeLeft, cancellationToken);

    public Task LeaveAsync(Guid ticket)
    {
        place.Leave(ticket);
        return Task.CompletedTask;
    }

    public Task RefuseAsync(ImmutableArray<PoisonMark> marks)
    {
        foreach (var mark in poison.Add(marks)) Log.Refused(logger, mark.Hash, mark.TimeLeft.TotalSeconds);
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A text that two processes were lost with is refused for {Seconds:F0} s: sha256 {Hash}")]
        public static partial void Refused(ILogger logger, string hash, double seconds);
    }
}
