using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;
using Evergrain.TestSupport;

namespace Evergrain.UnitTests.Silo.Membership;

public sealed class PostgreSqlMembershipTests(PostgreSqlServer server) : MembershipStatementTests, IClassFixture<PostgreSqlServer>
{
    protected override ClusterConfig Database
    {
        get
        {
            Assert.SkipUnless(server.Available, "PostgreSQL is not installed here.");
            return new() { Provider = MembershipProvider.Postgresql, Connection = server.ConnectionString };
        }
    }

    protected override string Script => "PostgreSql";
}

public class PostgreSqlInstallerTests
{
    [Fact]
    public void ConnectionString_NoTimeouts_ShortOnesAdded()
    {
        var result = PostgreSqlInstaller.ConnectionString("Host=db;Database=evergrain");

        Assert.Contains("Timeout=2", result.Split(';'));
        Assert.Contains("Command Timeout=2", result.Split(';'));
    }

    [Fact]
    public void ConnectionString_OwnTimeouts_Kept()
    {
        var result = PostgreSqlInstaller.ConnectionString("Host=db;Timeout=7;CommandTimeout=9");

        Assert.Contains("Timeout=7", result.Split(';'));
        Assert.Contains("Command Timeout=9", result.Split(';'));
    }

    [Theory]
    [InlineData("Host=db", "")]
    [InlineData("Host=db-a,db-b", "read-write")]
    [InlineData("Host=db-a:5433,db-b:5434", "read-write")]
    [InlineData("Host=db-a,db-b;Target Session Attributes=primary", "primary")]
    [InlineData("Host=db-a,db-b;Target Session Attributes=any", "any")]
    public void ConnectionString_Hosts_TheOneThatTakesWritesWhereItDoesNotSay(string configured, string target)
        => Assert.Equal(target, new Npgsql.NpgsqlConnectionStringBuilder(PostgreSqlInstaller.ConnectionString(configured)).TargetSessionAttributes ?? "");

    [Theory]
    [InlineData("Host=db;Database=d", "\"d\" on db:5432")]
    [InlineData("Host=db;Port=6432;Database=d", "\"d\" on db:6432")]
    [InlineData("Host=db-a,db-b:5433;Username=u;Password=hunter2", "\"u\" on db-a,db-b:5433")]
    public void Describe_Hosts_NoneLeftOut(string configured, string expected) => Assert.Equal(expected, PostgreSqlInstaller.Describe(configured));

    [Fact]
    public async Task Install_OneHostAndTargetSessionAttributes_SaysWhy()
    {
        var config = new ClusterConfig { Provider = MembershipProvider.Postgresql, Connection = "Host=127.0.0.1;Port=1;Target Session Attributes=primary" };

        var error = await Assert.ThrowsAsync<MembershipUnavailableException>(() => MembershipDatabase.InstallAsync(config, TestContext.Current.CancellationToken));

        Assert.Contains("multiple hosts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_NobodyListens_OneLineThatNamesHostAndDatabaseWithoutPassword()
    {
        var config = new ClusterConfig
        {
            Provider = MembershipProvider.Postgresql,
            Connection = "Host=127.0.0.1;Port=1;Database=evergrain-db;Username=somebody;Password=hunter2",
        };

        var error = await Assert.ThrowsAsync<MembershipUnavailableException>(
            () => MembershipDatabase.InstallAsync(config, TestContext.Current.CancellationToken));

        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("evergrain-db", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Install_NotAConnectionString_NothingOfItRepeated()
    {
        var config = new ClusterConfig { Provider = MembershipProvider.Postgresql, Connection = "hunter2=hunter2" };

        var error = await Assert.ThrowsAsync<MembershipUnavailableException>(
            () => MembershipDatabase.InstallAsync(config, TestContext.Current.CancellationToken));

        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }
}
