using System.Net.Sockets;
using Npgsql;

namespace Evergrain.Silo.Membership;

/// <summary>Creates the membership tables of a PostgreSQL database, or brings them up to date.</summary>
internal static class PostgreSqlInstaller
{
    /// <summary>Any number, as long as every silo uses the same: "evgrain" in ASCII.</summary>
    private const long AdvisoryLock = 0x65_76_67_72_61_69_6e;

    /// <summary>Time for the whole installation: it may wait for that of another silo.</summary>
    private const int InstallTimeoutSeconds = 10;

    /// <summary>The configured connection string with short timeouts where it names none: a hung read blocks the eviction of a dead
    /// silo.</summary>
    public static string ConnectionString(string configured)
    {
        var builder = new NpgsqlConnectionStringBuilder(configured);
        if (!builder.ShouldSerialize("Timeout")) builder.Timeout = 2;
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = 2;
        return builder.ConnectionString;
    }

    public static async Task InstallAsync(string configured, CancellationToken cancellationToken = default)
    {
        try
        {
            var script = MembershipScript.Load("PostgreSql");
            await using var connection = new NpgsqlConnection(ConnectionString(configured));
            await connection.OpenAsync(cancellationToken);

            // CREATE TABLE IF NOT EXISTS of two connections at once can fail with a unique violation: silos that start together take
            // turns. The lock ends with the transaction, also that of a killed process.
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})");
            await ExecuteAsync(script.Schema);

            await using var upserts = new NpgsqlBatch(connection, transaction) { Timeout = InstallTimeoutSeconds };
            foreach (var (name, text) in script.Queries)
            {
                upserts.BatchCommands.Add(new(
                    "INSERT INTO OrleansQuery AS q (QueryKey, QueryText) VALUES ($1, $2) "
                        + "ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE q.QueryText <> excluded.QueryText")
                {
                    Parameters = { new NpgsqlParameter<string> { TypedValue = name }, new NpgsqlParameter<string> { TypedValue = text } },
                });
            }

            await upserts.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);

            async Task ExecuteAsync(string sql)
            {
#pragma warning disable CA2100 // Our own embedded script.
                await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = InstallTimeoutSeconds };
#pragma warning restore CA2100
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or ArgumentException)
        {
            throw new MembershipUnavailableException(
                $"The membership database {Describe(configured)} cannot be used: {MembershipUnavailableException.FirstLine(e)}", e);
        }
    }

    /// <summary>Database and host, without credentials.</summary>
    internal static string Describe(string configured)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(configured);
            return $"\"{builder.Database ?? builder.Username}\" on {builder.Host}:{builder.Port}";
        }
        catch (ArgumentException)
        {
            // Not repeated: a connection string that cannot be read may hold a password anywhere.
            return "of cluster.membership.connection (not a connection string)";
        }
    }
}
