using System.Net;
using System.Threading.RateLimiting;

namespace Evergrain.Silo.Admin;

/// <summary>Counts wrong keys by address, so that nobody tries them by the thousand: ten, and one more after each time. Thread safe.</summary>
/// <param name="oneMoreAfter">The time.</param>
internal sealed class WrongTries(TimeSpan oneMoreAfter) : IDisposable
{
    /// <summary>Wrong keys at once; a person mistypes fewer.</summary>
    public const int Most = 10;

    public static readonly TimeSpan OneMoreAfter = TimeSpan.FromSeconds(6);

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(
            address, _ => new TokenBucketRateLimiterOptions { TokenLimit = Most, TokensPerPeriod = 1, ReplenishmentPeriod = oneMoreAfter }));

    /// <summary>How long the address has to wait before any key of it is looked at; null where it need not.</summary>
    public TimeSpan? Wait(IPAddress address)
    {
        // None is taken: whether one is left is all that is asked.
        using var lease = _limiter.AttemptAcquire(address, permitCount: 0);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > TimeSpan.Zero ? after : oneMoreAfter;
    }

    public void Add(IPAddress address) => _limiter.AttemptAcquire(address).Dispose();

    public void Dispose() => _limiter.Dispose();
}
