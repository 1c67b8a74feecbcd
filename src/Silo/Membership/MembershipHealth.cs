namespace Evergrain.Silo.Membership;

/// <summary>
/// Whether the membership database answers this silo, judged by what Orleans asks it anyway: it reads the table and writes its own row
/// every three seconds, and while it is away by what <see cref="MembershipProbe"/> asks. Calls go on without the database, but nothing joins and nothing is evicted, and operators must know.
/// </summary>
internal sealed partial class MembershipHealth(TimeProvider time, ILogger<MembershipHealth> logger)
{
    private readonly Lock _gate = new();
    private Outage? _outage;
    private long _answeredAt = time.GetTimestamp();

    /// <summary>Since the first failure after the last answer; null while it answers.</summary>
    public TimeSpan? Away => Volatile.Read(ref _outage) is { } outage ? time.GetElapsedTime(outage.Since) : null;

    /// <summary>First line of what the driver said last; null while the database answers.</summary>
    public string? Error => Volatile.Read(ref _outage)?.Error;

    /// <summary>Watches one question to the database.</summary>
    public async Task<T> ObserveAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            var answer = await ask();
            Answered();
            return answer;
        }
        // We gave up ourselves: that says nothing of the database.
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(began, e);
            throw;
        }
    }

    private void Answered()
    {
        TimeSpan? away;
        lock (_gate)
        {
            _answeredAt = time.GetTimestamp();
            away = Away;
            Volatile.Write(ref _outage, null);
        }

        if (away is { TotalSeconds: var seconds }) Log.Back(logger, seconds);
    }

    private void Failed(long began, Exception exception)
    {
        var error = MembershipUnavailableException.FirstLine(exception);
        lock (_gate)
        {
            // Something was answered since this was asked: it hung on a connection of before.
            if (_answeredAt > began) return;
            var first = _outage is null;
            Volatile.Write(ref _outage, first ? new(time.GetTimestamp(), error) : _outage! with { Error = error });
            if (!first) return;
        }

        Log.Away(logger, error);
    }

    private sealed record Outage(long Since, string Error);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning,
            Message = "The membership database is away ({Error}): calls go on, nothing joins or is evicted until it is back")]
        public static partial void Away(ILogger logger, string error);

        [LoggerMessage(Level = LogLevel.Information, Message = "The membership database answers again after {Seconds:F1} s")]
        public static partial void Back(ILogger logger, double seconds);
    }
}
