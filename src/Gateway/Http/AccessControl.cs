using System.Globalization;
using System.Threading.RateLimiting;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.RateLimiting;

namespace Evergrain.Gateway.Http;

/// <summary>Looks at the key of each request, and at how many its owner may send.</summary>
internal sealed class AccessControl(RequestDelegate next, CurrentSettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeedsKey>() is { } needs && settings.Now.Keys.Require(context.Request, needs) is { } key) context.Features.Set(new Caller(key));
        return next(context);
    }

    /// <summary>Token buckets, one for each key with a rate: ASP.NET's own limiter. A reload leaves the buckets of those whose rate stays; another rate is
    /// another bucket, and the old one goes once it is idle.</summary>
    public static void Limit(RateLimiterOptions options)
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (string Name, int Rate, int Burst)>(context => context.Features.Get<Caller>()?.Key is { Rate: > 0 } key
            ? RateLimitPartition.GetTokenBucketLimiter((key.Name, key.Rate, key.Burst), _ => BucketOf(key))
            : RateLimitPartition.GetNoLimiter(("", 0, 0)));
        options.OnRejected = (rejected, _) =>
        {
            var key = rejected.HttpContext.Features.Get<Caller>()!.Key;
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            throw new ApiException(
                ErrorCode.RateLimited,
                string.Create(CultureInfo.InvariantCulture, $"The key '{key.Name}' may send {key.Rate} requests a second, {key.Burst} at once."), wait);
        };
    }

    /// <summary>Filled about ten times a second, so that a rate of 50 does not let 50 through at once each second; with whole tokens, so less often for rates
    /// below ten.</summary>
    internal static TokenBucketRateLimiterOptions BucketOf(KeyConfig key)
    {
        var tokens = Math.Max(1, key.Rate / 10);
        return new() { TokensPerPeriod = tokens, ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / key.Rate), TokenLimit = Math.Max(1, key.Burst) };
    }

    /// <summary>Whose request it is.</summary>
    internal sealed record Caller(KeyConfig Key);
}
