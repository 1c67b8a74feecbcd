using System.Collections.Immutable;
using System.Text;

namespace Evergrain.Silo.Membership;

/// <summary>What Evergrain puts into a PostgreSQL database, as SQL.</summary>
internal static class PostgreSqlSchema
{
    /// <summary>Grows with every change of PostgreSql.sql. A silo installs it where an older one is, and takes a newer one as it is: what an older silo needs stays in it, as on the wire.</summary>
    public const int Version = 1;

    /// <summary>Row of OrleansQuery that holds the version. Orleans asks for its statements by name and does not mind another row.</summary>
    public const string VersionKey = "EvergrainSchema";

    /// <summary>Any number, as long as every silo uses the same: "evgrain" in ASCII.</summary>
    private const long AdvisoryLock = 0x65_76_67_72_61_69_6e;

    /// <summary>What a silo needs while it runs.</summary>
    public static readonly ImmutableArray<(string Table, string Right)> Rights =
    [
        ("OrleansQuery", "SELECT"),
        .. from table in new[] { "EvergrainCluster", "EvergrainSilo" }
           from right in new[] { "SELECT", "INSERT", "UPDATE", "DELETE" }
           select (table, right),
    ];

    /// <summary>Takes turns with other installers: CREATE TABLE IF NOT EXISTS of two connections at once can fail with a unique violation. The lock ends with the transaction, also that of
    /// a killed process.</summary>
    public static string Lock => $"SELECT pg_advisory_xact_lock({AdvisoryLock});";

    /// <summary>Tables, statements and version; idempotent.</summary>
    public static string Install
    {
        get
        {
            var script = MembershipScript.Load("PostgreSql");
            var rows = script.Queries.OrderBy(q => q.Key, StringComparer.Ordinal).Select(q => Row(q.Key, q.Value)).Append(Row(VersionKey, $"{Version}"));
            return $"""
                {script.Schema}

                INSERT INTO OrleansQuery AS q (QueryKey, QueryText) VALUES
                {string.Join(",\n", rows)}
                ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText WHERE q.QueryText <> excluded.QueryText;

                """;
        }
    }

    /// <summary>All of it for psql, in one transaction.</summary>
    /// <param name="role">The role that silos connect with; null: the owner's own.</param>
    public static string Script(string? role) => new StringBuilder()
        .Append("-- The membership tables of Evergrain, version ").Append(Version).Append(". To be run by the role that shall own them.\n")
        .Append("BEGIN;\n").Append(Lock).Append('\n').Append(Install)
        .Append(role is null ? "" : Grant(Rights, Quote(role)) + "\n")
        .Append("COMMIT;\n").ToString();

    /// <param name="rights">Which.</param>
    /// <param name="role">Quoted, where it needs to be.</param>
    public static string Grant(IEnumerable<(string Table, string Right)> rights, string role)
        => string.Join(' ', rights.GroupBy(r => r.Table, r => r.Right).Select(t => $"GRANT {string.Join(", ", t)} ON {t.Key} TO {role};"));

    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Row(string name, string text) => $"('{name}', $evergrain${text}$evergrain$)";
}
