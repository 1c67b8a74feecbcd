using System.Collections.Immutable;
using System.Globalization;
using Npgsql;

namespace Evergrain.Silo.Membership;

/// <summary>What a connection finds in the database, before anything is changed there.</summary>
/// <param name="Role">Who we are there, quoted where needed.</param>
/// <param name="ReadOnly">A standby, or a server that is set to read only.</param>
/// <param name="Version">Of the tables; 0 where there are none or they are older than versions.</param>
/// <param name="Missing">Rights that this role lacks on the tables; empty where there are none.</param>
internal sealed record PostgreSqlState(string Role, bool ReadOnly, int Version, ImmutableArray<(string Table, string Right)> Missing)
{
    public static async Task<PostgreSqlState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (role, readOnly, exists) = ("", false, false);
        await foreach (var row in RowsAsync(
            connection, $"SELECT quote_ident(current_user), current_setting('transaction_read_only') = 'on', {Exist}", cancellationToken))
            (role, readOnly, exists) = (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2));
        if (!exists) return new(role, readOnly, 0, []);

        var missing = ImmutableArray.CreateBuilder<(string, string)>();
        await foreach (var row in RowsAsync(
            connection, $"SELECT r.t, r.p FROM (VALUES {string.Join(", ", PostgreSqlSchema.Rights.Select(r => $"('{r.Table}', '{r.Right}')"))}) AS r(t, p) WHERE NOT has_table_privilege(r.t, r.p)", cancellationToken))
            missing.Add((row.GetString(0), row.GetString(1)));
        if (missing.Contains(("OrleansQuery", "SELECT"))) return new(role, readOnly, 0, missing.ToImmutable());

        var version = 0;
        await foreach (var row in RowsAsync(connection, $"SELECT QueryText FROM OrleansQuery WHERE QueryKey = '{PostgreSqlSchema.VersionKey}'", cancellationToken))
            version = int.Parse(row.GetString(0), CultureInfo.InvariantCulture);
        return new(role, readOnly, version, missing.ToImmutable());
    }

    private static string Exist => string.Join(" AND ", PostgreSqlSchema.Rights.Select(r => r.Table).Distinct().Select(t => $"to_regclass('{t}') IS NOT NULL"));

    private static async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(
        NpgsqlConnection connection, string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Of our own constants.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return reader;
    }
}
