using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;
using Microsoft.Data.Sqlite;

namespace Evergrain.UnitTests.Silo.Membership;

public sealed class SqliteMembershipTests : MembershipStatementTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-membership-").FullName;

    protected override ClusterConfig Database
        => new() { Provider = MembershipProvider.Sqlite, Connection = Path.Combine(_folder, "new folder", "membership.db") };

    protected override string Script => "Sqlite";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Install_NewFile_WriteAheadLog()
    {
        await MembershipDatabase.InstallAsync(Database, TestContext.Current.CancellationToken);

        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Install_ChangedStatement_Replaced()
    {
        await MembershipDatabase.InstallAsync(Database, TestContext.Current.CancellationToken);
        Scalar("UPDATE OrleansQuery SET QueryText = 'old' WHERE QueryKey = 'GatewaysQueryKey'");

        await MembershipDatabase.InstallAsync(Database, TestContext.Current.CancellationToken);

        Assert.Equal(
            MembershipScript.Load(Script).Queries["GatewaysQueryKey"],
            Scalar("SELECT QueryText FROM OrleansQuery WHERE QueryKey = 'GatewaysQueryKey'"));
    }

    [Fact]
    public async Task Install_FolderIsAFile_OneLineThatNamesTheFile()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var database = new ClusterConfig { Provider = MembershipProvider.Sqlite, Connection = Path.Combine(file, "membership.db") };

        var error = await Assert.ThrowsAsync<MembershipUnavailableException>(
            () => MembershipDatabase.InstallAsync(database, TestContext.Current.CancellationToken));

        Assert.Contains(database.Connection, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private string? Scalar(string sql)
    {
        using var connection = new SqliteConnection(SqliteInstaller.ConnectionString(Database.Connection));
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Literals of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar() as string;
    }
}
