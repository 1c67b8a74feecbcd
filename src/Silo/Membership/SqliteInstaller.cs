using Microsoft.Data.Sqlite;

namespace Evergrain.Silo.Membership;

/// <summary>Creates the membership file, or brings one up to date.</summary>
internal static class SqliteInstaller
{
    /// <summary>Seconds that a writer waits for another: a blocked write blocks the eviction of a dead silo.</summary>
    private const int TimeoutSeconds = 2;

    /// <summary>The connection string of a membership file.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        DefaultTimeout = TimeoutSeconds,
        // A pooled connection would keep a transaction open that a failed statement left behind, and with it the file's write lock.
        Pooling = false,
    }.ToString();

    public static async Task InstallAsync(string file, CancellationToken cancellationToken = default)
    {
        try
        {
            if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);

            var script = MembershipScript.Load("Sqlite");
            await using var connection = new SqliteConnection(ConnectionString(file));
            await connection.OpenAsync(cancellationToken);

            // Readers go on beside one writer, and a killed process leaves nothing to repair. Stays with the file; cannot be changed
            // inside a transaction.
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL;", cancellationToken);

            // Immediate: two silos that start together take turns.
            await using var transaction = connection.BeginTransaction(deferred: false);
            await ExecuteAsync(connection, script.Schema, cancellationToken, transaction);
            foreach (var (name, text) in script.Queries)
            {
                await ExecuteAsync(
                    connection,
                    "INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES (@name, @text) "
                        + "ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE QueryText <> excluded.QueryText;",
                    cancellationToken,
                    transaction,
                    new("@name", name),
                    new("@text", text));
            }

            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new MembershipUnavailableException(
                $"The membership file {file} cannot be used: {MembershipUnavailableException.FirstLine(e)}", e);
        }
    }

    private static async Task ExecuteAsync(
        SqliteConnection connection, string sql, CancellationToken cancellationToken, SqliteTransaction? transaction = null,
        params SqliteParameter[] parameters)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Our own embedded scripts.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
