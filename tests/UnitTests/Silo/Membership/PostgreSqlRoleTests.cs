using System.Security.Cryptography;
using System.Text;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Tools;
using Evergrain.TestSupport;
using Npgsql;

namespace Evergrain.UnitTests.Silo.Membership;

/// <summary>All that Orleans asks of the table, as a role that may read and write it and nothing else.</summary>
public sealed class PostgreSqlRoleMembershipTests(OwnedDatabase owned) : MembershipStatementTests, IClassFixture<OwnedDatabase>
{
    protected override ClusterConfig Database
    {
        get
        {
            Assert.SkipUnless(owned.Server.Available, "PostgreSQL is not installed here.");
            return new() { Provider = MembershipProvider.Postgresql, Connection = owned.As("evergrain", "installed") };
        }
    }

    protected override string Script => "PostgreSql";
}

/// <summary>Who may install, who may only run, and what is said to whom something is missing.</summary>
public sealed class PostgreSqlRoleTests(OwnedDatabase owned) : IClassFixture<OwnedDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Install_NothingThereAndNoRightToCreate_SaysWhichAndHow()
    {
        var database = await EmptyAsync();

        var error = await FailAsync(owned.As("evergrain", database));

        Assert.Contains("version 0, this silo needs 1", error, StringComparison.Ordinal);
        Assert.Contains("permission denied for schema public", error, StringComparison.Ordinal);
        Assert.Contains("'evergrain database install'", error, StringComparison.Ordinal);
        Assert.Contains("GRANT CREATE ON SCHEMA public TO evergrain;", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task Install_TablesThereButRightsMissing_TheGrantItSaysMendsIt()
    {
        var database = await EmptyAsync();
        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel);
        await ExecuteAsync(database, "GRANT SELECT, INSERT, UPDATE, DELETE ON EvergrainCluster TO evergrain; GRANT SELECT ON EvergrainSilo TO evergrain");

        var error = await FailAsync(owned.As("evergrain", database));
        var grant = error[error.IndexOf("GRANT", StringComparison.Ordinal)..];
        Assert.Equal("GRANT SELECT ON OrleansQuery TO evergrain; GRANT INSERT, UPDATE, DELETE ON EvergrainSilo TO evergrain;", grant);
        await ExecuteAsync(database, grant);

        await PostgreSqlInstaller.InstallAsync(owned.As("evergrain", database), Cancel);
    }

    /// <summary>By the version only: what a newer silo has written stays.</summary>
    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    [InlineData("2", false)]
    public async Task Install_VersionThere_OlderIsUpdatedNewerIsLeft(string version, bool updated)
    {
        var database = await EmptyAsync();
        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel);
        await ExecuteAsync(database, $"UPDATE OrleansQuery SET QueryText = '{version}' WHERE QueryKey = 'EvergrainSchema'; UPDATE OrleansQuery SET QueryText = 'other' WHERE QueryKey = 'GatewaysQueryKey'");

        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel);

        Assert.Equal(!updated, await ReadAsync(database, "SELECT QueryText = 'other' FROM OrleansQuery WHERE QueryKey = 'GatewaysQueryKey'"));
    }

    /// <summary>Installed by a silo of before there were versions.</summary>
    [Fact]
    public async Task Install_NoVersionThere_Added()
    {
        var database = await EmptyAsync();
        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel);
        await ExecuteAsync(database, "DELETE FROM OrleansQuery WHERE QueryKey = 'EvergrainSchema'");

        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel);

        Assert.True(await ReadAsync(database, "SELECT count(*) = 1 FROM OrleansQuery WHERE QueryKey = 'EvergrainSchema' AND QueryText = '1'"));
    }

    [Fact]
    public async Task Install_ManyAtOnce_AllDone()
    {
        var database = await EmptyAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PostgreSqlInstaller.InstallAsync(owned.As("owner", database), Cancel), Cancel)));
    }

    [Fact]
    public async Task Install_ReadOnlyServer_SaysSo()
    {
        var database = await EmptyAsync();
        var error = await FailAsync(owned.As("owner", database) + ";Options=-c default_transaction_read_only=on");
        Assert.Contains("read-only", error, StringComparison.Ordinal);
        Assert.Contains("Host=db-a,db-b", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_TwoHostsTheFirstDead_TheSecondIsUsed()
    {
        var database = await EmptyAsync();
        var port = new NpgsqlConnectionStringBuilder(owned.As("owner", database)).Port;
        await PostgreSqlInstaller.InstallAsync(owned.As("owner", database) + $";Host=127.0.0.1:1,127.0.0.1:{port}", Cancel);
        Assert.True(await ReadAsync(database, "SELECT count(*) = 10 FROM OrleansQuery"));
    }

    [Fact]
    public async Task DatabaseInstall_Role_MayRunAndNoMore()
    {
        var database = await EmptyAsync();
        var (code, output, _) = await RunAsync(DatabaseCommands.InstallAsync, "--connection", owned.As("owner", database), "--role", "evergrain");

        Assert.Equal(0, code);
        Assert.StartsWith($"version 1 is in \"{database}\" on 127.0.0.1:", output, StringComparison.Ordinal);
        Assert.EndsWith("; evergrain may use it\n", output, StringComparison.Ordinal);
        await PostgreSqlInstaller.InstallAsync(owned.As("evergrain", database), Cancel);
        await using var connection = new NpgsqlConnection(owned.As("evergrain", database));
        await connection.OpenAsync(Cancel);
        foreach (var sql in new[] { "CREATE TABLE mine (i int)", "DROP TABLE EvergrainSilo", "UPDATE OrleansQuery SET QueryText = ''", "TRUNCATE EvergrainSilo" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
    }

    /// <summary>What it prints does the same through any client.</summary>
    [Fact]
    public async Task DatabaseSql_RunByTheOwner_TheRoleMayRun()
    {
        var database = await EmptyAsync();
        var (code, sql, _) = await RunAsync(DatabaseCommands.SqlAsync, "--role", "evergrain");
        Assert.Equal(0, code);

        await using (var connection = new NpgsqlConnection(owned.As("owner", database)))
        {
            await connection.OpenAsync(Cancel);
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await PostgreSqlInstaller.InstallAsync(owned.As("evergrain", database), Cancel);
    }

    [Theory]
    [InlineData("--role")]
    [InlineData("--connection", "x=y", "--config", "file")]
    [InlineData("--config", "no-such-file.yaml")]
    [InlineData("surplus")]
    public async Task DatabaseInstall_WrongArguments_Two(params string[] args)
    {
        var (code, _, error) = await RunAsync(DatabaseCommands.InstallAsync, args);
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task DatabaseInstall_NobodyListens_OneAndWhy()
    {
        var (code, _, error) = await RunAsync(DatabaseCommands.InstallAsync, "--connection", "Host=127.0.0.1;Port=1;Database=d;Username=u;Password=hunter2");
        Assert.Equal(1, code);
        Assert.Contains("\"d\" on 127.0.0.1:1 cannot be used", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    /// <summary>Whoever changes the script must give it a new version, or no database in use would ever get it. A change may only add: older silos run on it.</summary>
    [Fact]
    public void Install_Script_IsThatOfItsVersion()
        => Assert.Equal(
            (1, "b8d0"),
            (PostgreSqlSchema.Version, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PostgreSqlSchema.Install)))[..4]));

    private static async Task<(int Code, string Output, string Error)> RunAsync(Func<string[], ToolConsole, Task<int>> command, params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var code = await ToolCommands.RunAsync(args, new ToolConsole(Stream.Null, output, error), command);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static async Task<string> FailAsync(string connection)
        => (await Assert.ThrowsAsync<MembershipUnavailableException>(() => PostgreSqlInstaller.InstallAsync(connection, Cancel))).Message;

    private async Task<string> EmptyAsync()
    {
        Assert.SkipUnless(owned.Server.Available, "PostgreSQL is not installed here.");
        return await owned.CreateAsync($"d{Guid.NewGuid():N}");
    }

    private async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(owned.As("owner", database));
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<bool> ReadAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(owned.As("owner", database));
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return (bool)(await command.ExecuteScalarAsync(Cancel))!;
    }
}

/// <summary>A server with the role "owner", who owns the databases, and the role "evergrain", who may do nothing of itself. The database "installed" has the tables.</summary>
public sealed class OwnedDatabase : IAsyncLifetime
{
    internal PostgreSqlServer Server { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Server.InitializeAsync();
        if (!Server.Available) return;
        await ExecuteAsync("CREATE ROLE owner LOGIN; CREATE ROLE evergrain LOGIN");
        await CreateAsync("installed");
        await PostgreSqlInstaller.InstallAsync(As("owner", "installed"));
        await PostgreSqlInstaller.GrantAsync(As("owner", "installed"), "evergrain");
    }

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    internal string As(string role, string database)
        => new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = role, Database = database, Pooling = false }.ConnectionString;

    internal async Task<string> CreateAsync(string database)
    {
        await ExecuteAsync($"CREATE DATABASE {database} OWNER owner");
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        // As PostgreSQL 15 has it by itself.
        await using var command = new NpgsqlCommand("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO owner", connection);
        await command.ExecuteNonQueryAsync();
        return database;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
