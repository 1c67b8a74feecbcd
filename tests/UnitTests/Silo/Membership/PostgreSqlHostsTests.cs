using Evergrain.Silo.Membership;

namespace Evergrain.UnitTests.Silo.Membership;

public sealed class PostgreSqlHostsTests
{
    [Theory]
    [InlineData("Host=db;Database=evergrain", "db 5432")]
    [InlineData("Server=10.0.0.13;Port=6432", "10.0.0.13 6432")]
    [InlineData("Host=db-a, db-b:6432,10.0.0.13:7432;Port=5433", "db-a 5433,db-b 6432,10.0.0.13 7432")]
    [InlineData("Host=::1", "::1 5432")]
    [InlineData("Host=[fd00::1]:6432,[fd00::2]", "fd00::1 6432,fd00::2 5432")]
    [InlineData("Host=/var/run/postgresql,@abstract,db", "db 5432")]
    [InlineData("Username=evergrain", "")]
    public void Of_ConnectionString_HostsAndPortsOfTcp(string configured, string expected)
        => Assert.Equal(expected, string.Join(',', PostgreSqlHosts.Of(configured).Select(h => $"{h.Host} {h.Port}")));

    [Fact]
    public void Of_NotAConnectionString_Throws() => Assert.Throws<ArgumentException>(() => PostgreSqlHosts.Of("postgres://db/evergrain"));
}
