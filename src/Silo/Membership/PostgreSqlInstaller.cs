using System.Net.Sockets;
using Npgsql;

namespace Evergrain.Silo.Membership;

/// <summary>Creates the membership tables of a PostgreSQL database, or brings them up to date, where they are not so already.</summary>
internal static class PostgreSqlInstaller
{
    /// <summary>Time for the whole installation: it may wait for that of another silo.</summary>
    private const int InstallTimeoutSeconds = 10;

    /// <summary>The configured connection string with short timeouts where it names none: a hung read blocks the eviction of a dead
    /// silo. Of several hosts, the one that can be written, where it does not say otherwise.</summary>
    public static string ConnectionString(string configured)
    {
        var builder = new NpgsqlConnectionStringBuilder(configured);
        if (!builder.ShouldSerialize("Timeout")) builder.Timeout = 2;
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = 2;
        // Npgsql's own default is any of them: half of the silos would read a standby and could not join.
        if (HasSeveralHosts(builder) && builder.TargetSessionAttributes is null) builder.TargetSessionAttributes = "read-write";
        return builder.ConnectionString;
    }

    /// <summary>Looks first, and changes nothing where nothing is to be done: a role that may not create tables is enough then.</summary>
    /// <exception cref="MembershipUnavailableException">It cannot be reached, refuses, or the role lacks a right; says which and how to give it.</exception>
    public static async Task InstallAsync(string configured, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString(configured));
            await connection.OpenAsync(cancellationToken);
            var state = await PostgreSqlState.ReadAsync(connection, cancellationToken);
            if (state.ReadOnly)
            {
                throw Unusable(configured, "this server is read-only (a standby?); name the one that takes writes, or all of them: \"Host=db-a,db-b;…\"");
            }

            if (!state.Missing.IsEmpty)
            {
                throw Unusable(configured, $"the role {state.Role} lacks rights; let the owner of the tables run: {PostgreSqlSchema.Grant(state.Missing, state.Role)}");
            }

            if (state.Version < PostgreSqlSchema.Version) await MigrateAsync(connection, state, configured, cancellationToken);
        }
        catch (Exception e) when (IsOfTheDatabase(e))
        {
            throw Unusable(configured, MembershipUnavailableException.FirstLine(e), e);
        }
    }

    /// <summary>Gives a role what a silo needs while it runs; to be done by the owner of the tables.</summary>
    /// <exception cref="MembershipUnavailableException">It cannot be reached, or refuses.</exception>
    public static async Task GrantAsync(string configured, string role, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString(configured));
            await connection.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, PostgreSqlSchema.Grant(PostgreSqlSchema.Rights, PostgreSqlSchema.Quote(role)), cancellationToken);
        }
        catch (Exception e) when (IsOfTheDatabase(e))
        {
            throw Unusable(configured, MembershipUnavailableException.FirstLine(e), e);
        }
    }

    /// <summary>Database and host, without credentials.</summary>
    internal static string Describe(string configured)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(configured);
            return $"\"{builder.Database ?? builder.Username}\" on {(HasSeveralHosts(builder) ? builder.Host : $"{builder.Host}:{builder.Port}")}";
        }
        catch (ArgumentException)
        {
            // Not repeated: a connection string that cannot be read may hold a password anywhere.
            return "of cluster.membership.connection (not a connection string)";
        }
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, PostgreSqlState state, string configured, CancellationToken cancellationToken)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await ExecuteAsync(connection, PostgreSqlSchema.Lock, cancellationToken);
            // Again, now that nobody else is at it: another silo, or a newer one, may have done it while we waited.
            if ((await PostgreSqlState.ReadAsync(connection, cancellationToken)).Version >= PostgreSqlSchema.Version) return;
            await ExecuteAsync(connection, PostgreSqlSchema.Install, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName)
        {
            throw Unusable(
                configured,
                $"its tables are of version {state.Version}, this silo needs {PostgreSqlSchema.Version}, and the role {state.Role} may not make them ({e.MessageText}); let their owner "
                    + $"run 'evergrain database install', or a superuser: GRANT CREATE ON SCHEMA public TO {state.Role};",
                e);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Our own embedded script.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = InstallTimeoutSeconds };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder builder) => builder.Host?.Contains(',', StringComparison.Ordinal) == true;

    /// <summary>NotSupportedException: settings that do not go together, such as one host and Target Session Attributes.</summary>
    private static bool IsOfTheDatabase(Exception e) => e is NpgsqlException or SocketException or TimeoutException or ArgumentException or NotSupportedException;

    private static MembershipUnavailableException Unusable(string configured, string why, Exception? cause = null)
        => new($"The membership database {Describe(configured)} cannot be used: {why}", cause);
}
