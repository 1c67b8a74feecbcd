using Evergrain.Hosting.Configuration;
using Orleans.Configuration;

namespace Evergrain.Silo.Membership;

/// <summary>The database of <c>cluster.membership</c>: how Orleans connects to it, and the schema it finds there.</summary>
public static class MembershipDatabase
{
    /// <summary>Brings schema and statements up to date. Idempotent; every silo does it at every start, before Orleans starts.</summary>
    /// <exception cref="MembershipUnavailableException">The database cannot be reached or refuses.</exception>
    public static Task InstallAsync(ClusterConfig cluster, CancellationToken cancellationToken = default) => cluster.Provider switch
    {
        MembershipProvider.Sqlite => SqliteInstaller.InstallAsync(cluster.Connection, cancellationToken),
        MembershipProvider.Postgresql => PostgreSqlInstaller.InstallAsync(cluster.Connection, cancellationToken),
        _ => throw Unknown(cluster.Provider),
    };

    /// <summary>Tells Orleans' ADO.NET clustering which driver and connection to use.</summary>
    public static void Configure(ClusterConfig cluster, AdoNetClusteringSiloOptions options)
        => (options.Invariant, options.ConnectionString) = cluster.Provider switch
        {
            // Orleans maps the old name to Microsoft.Data.Sqlite.
            MembershipProvider.Sqlite => ("System.Data.SQLite", SqliteInstaller.ConnectionString(cluster.Connection)),
            MembershipProvider.Postgresql => ("Npgsql", PostgreSqlInstaller.ConnectionString(cluster.Connection)),
            _ => throw Unknown(cluster.Provider),
        };

    private static InvalidOperationException Unknown(MembershipProvider provider)
        => new($"cluster.membership.provider: {provider} is none of sqlite, postgresql.");
}
