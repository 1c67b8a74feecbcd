using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;
using Evergrain.TestSupport;

namespace Evergrain.UnitTests.Silo.Membership;

/// <summary>All that Orleans asks of the table, where the first of two hosts only reads.</summary>
public sealed class PostgreSqlSeveralHostsMembershipTests(ReadOnlyFirst hosts) : MembershipStatementTests, IClassFixture<ReadOnlyFirst>
{
    protected override ClusterConfig Database
    {
        get
        {
            Assert.SkipUnless(hosts.Available, "PostgreSQL is not installed here.");
            return new() { Provider = MembershipProvider.Postgresql, Connection = hosts.ConnectionString };
        }
    }

    protected override string Script => "PostgreSql";
}

/// <summary>Two hosts in one connection string: what is written goes to the one that takes it.</summary>
public sealed class PostgreSqlSeveralHostsTests
{
    [Fact]
    public async Task Install_FirstHostReadOnlyThenDead_IntoTheSecond()
    {
        await using var hosts = new ReadOnlyFirst();
        Assert.SkipUnless(hosts.Available, "PostgreSQL is not installed here.");
        await hosts.InitializeAsync();

        await PostgreSqlInstaller.InstallAsync(hosts.ConnectionString, TestContext.Current.CancellationToken);
        Assert.Equal("evergrainsilo", await hosts.Second.ExecuteAsync("SELECT to_regclass('EvergrainSilo')::text"));
        Assert.Equal(DBNull.Value, await hosts.First.ExecuteAsync("SELECT to_regclass('EvergrainSilo')::text"));

        await hosts.First.StopAsync(crash: true);
        await hosts.Second.ExecuteAsync("DROP TABLE EvergrainSilo, EvergrainCluster, OrleansQuery CASCADE");
        await PostgreSqlInstaller.InstallAsync(hosts.ConnectionString, TestContext.Current.CancellationToken);
        Assert.Equal("evergrainsilo", await hosts.Second.ExecuteAsync("SELECT to_regclass('EvergrainSilo')::text"));
    }
}

/// <summary>Two servers, of which the first refuses writes.</summary>
public sealed class ReadOnlyFirst : IAsyncLifetime
{
    internal PostgreSqlServer First { get; } = new();

    internal PostgreSqlServer Second { get; } = new();

    internal bool Available => First.Available;

    internal string ConnectionString => $"Host={First.Host},{Second.Host};Username=postgres;Database=postgres;Pooling=false";

    public async ValueTask InitializeAsync()
    {
        if (!Available) return;
        await First.InitializeAsync();
        await Second.InitializeAsync();
        await First.ExecuteAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        // A reload is done some time after it is asked for; a start is not.
        await First.StopAsync();
        await First.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
