using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Gateway;

public class RateLimitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(50)]
    [InlineData(1_000_000)]
    public void BucketOf_Rate_TokensASecondAreTheRate(int rate)
    {
        var bucket = AccessControl.BucketOf(new KeyConfig { Name = "shop", Sha256 = [1], Rate = rate, Burst = 2 });
        Assert.Equal(rate, bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalSeconds, rate * 0.001);
    }
}
