using System.Text;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Membership;

namespace Evergrain.Silo.Tools;

/// <summary>Lets an operator make the tables of a PostgreSQL database as their owner, so that silos need not be allowed to.</summary>
internal static class DatabaseCommands
{
    private const string DefaultFile = "evergrain.yaml";

    private const string InstallUsage =
        "database install [--config FILE | --connection STRING] [--role NAME]\n"
        + "Makes or updates the tables; NAME gets the rights that a silo needs. PGPASSWORD and a .pgpass file are read where the connection has no password.";

    private const string HostsUsage = "database hosts [--config FILE]\nPrints host and port of each server that the connection string names, a line each, for scripts; not those that it reaches by a file.";

    private const string SqlUsage = "database sql [--role NAME]\nPrints the same as SQL for psql.";

    public static async Task<int> InstallAsync(string[] args, ToolConsole console)
    {
        var arguments = Parse(args, InstallUsage, "--config", "--connection", "--role");
        if (arguments.Option("--config") is not null && arguments.Option("--connection") is not null) throw new ToolUsageException($"Usage: {InstallUsage}");
        var connection = arguments.Option("--connection") ?? OfFile(arguments.Option("--config") ?? DefaultFile);
        await PostgreSqlInstaller.InstallAsync(connection);
        var role = arguments.Option("--role");
        if (role is not null) await PostgreSqlInstaller.GrantAsync(connection, role);
        var done = $"version {PostgreSqlSchema.Version} is in {PostgreSqlInstaller.Describe(connection)}{(role is null ? "" : $"; {role} may use it")}\n";
        await console.Output.WriteAsync(Encoding.UTF8.GetBytes(done));
        return ToolCommands.Done;
    }

    public static async Task<int> SqlAsync(string[] args, ToolConsole console)
    {
        var arguments = Parse(args, SqlUsage, "--role");
        await console.Output.WriteAsync(Encoding.UTF8.GetBytes(PostgreSqlSchema.Script(arguments.Option("--role"))));
        return ToolCommands.Done;
    }

    public static async Task<int> HostsAsync(string[] args, ToolConsole console)
    {
        var connection = OfFile(Parse(args, HostsUsage, "--config").Option("--config") ?? DefaultFile);
        var lines = PostgreSqlHosts.Of(connection).Select(h => $"{h.Host} {h.Port}\n");
        await console.Output.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines)));
        return ToolCommands.Done;
    }

    private static ToolArguments Parse(string[] args, string usage, params string[] options)
    {
        var arguments = ToolArguments.Parse(args, usage, options);
        return arguments.Values.Count == 0 ? arguments : throw new ToolUsageException($"Unknown argument {arguments.Values[0]}. Usage: {usage}");
    }

    private static string OfFile(string file)
    {
        try
        {
            var cluster = ConfigLoader.Load(file).Cluster;
            return cluster.Provider == MembershipProvider.Postgresql
                ? cluster.Connection
                : throw new ToolUsageException($"the membership of {file} is an SQLite file, which every silo makes itself; name another file with --config, or a --connection");
        }
        catch (ConfigException e)
        {
            throw new ToolUsageException(e.Message);
        }
    }
}
