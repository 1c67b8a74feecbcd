using System.Threading.RateLimiting;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Evergrain.UnitTests.Gateway;

/// <summary>The buckets of keys, over a reload.</summary>
public sealed class RateLimitTests : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter;

    public RateLimitTests()
    {
        var options = new RateLimiterOptions();
        AccessControl.Limit(options);
        _limiter = options.GlobalLimiter!;
    }

    public void Dispose() => _limiter.Dispose();

    [Theory]
    [InlineData("shop", 1, 5, 0)] // unchanged: what is used up stays so
    [InlineData("shop", 1, 7, 7)] // another rate: a bucket of its own
    [InlineData("other", 1, 5, 5)]
    [InlineData("shop", 0, 0, 20)] // no limit any more
    public void Acquire_KeyReadAgain_StateOfUnchangedRatesStays(string name, int rate, int burst, int left)
    {
        Assert.Equal(5, Take(Key("shop", 1, 5)));
        Assert.Equal(left, Take(Key(name, rate, burst)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(50)]
    [InlineData(1_000_000)]
    public void BucketOf_Rate_TokensASecondAreTheRate(int rate)
    {
        var bucket = AccessControl.BucketOf(Key("shop", rate, 2));
        Assert.Equal(rate, bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalSeconds, rate * 0.001);
    }

    /// <summary>How many of 20 requests at once are let through.</summary>
    private int Take(KeyConfig key)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new AccessControl.Caller(key));
        return Enumerable.Range(0, 20).Count(_ => _limiter.AttemptAcquire(context).IsAcquired);
    }

    private static KeyConfig Key(string name, int rate, int burst) => new() { Name = name, Sha256 = [1], Rate = rate, Burst = burst };
}
