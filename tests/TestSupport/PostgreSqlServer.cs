using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Evergrain.TestSupport;

/// <summary>A PostgreSQL server in a temporary folder on a free loopback port, where the programs are installed.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly string? _bin = FindPrograms();
    private string _folder = "";
    private int _port;
    private Process? _server;

    public bool Available => _bin is not null;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres";

    /// <summary>As one of several hosts in a connection string.</summary>
    public string Host => $"127.0.0.1:{_port}";

    public async ValueTask InitializeAsync()
    {
        if (_bin is null) return;

        _folder = Directory.CreateTempSubdirectory("evergrain-postgresql-").FullName;
        var data = Path.Combine(_folder, "data");
        // The server refuses to run as root; its folder must belong to the account that it runs as.
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", _folder);
        await RunAsServerAsync("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions");

        _port = FreePort();
        await StartAsync();
    }

    /// <summary>A second server that follows this one and only reads, until <see cref="PromoteAsync"/>.</summary>
    public async Task<PostgreSqlServer> StartStandbyAsync()
    {
        var standby = new PostgreSqlServer { _folder = Directory.CreateTempSubdirectory("evergrain-postgresql-").FullName, _port = FreePort() };
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "postgres", standby._folder);
        await RunAsServerAsync("pg_basebackup", "-D", Path.Combine(standby._folder, "data"), "-R", "-c", "fast", "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres");
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes a standby the server that takes writes.</summary>
    public Task PromoteAsync() => ExecuteAsync("SELECT pg_promote()");

    /// <summary>Runs a statement as the superuser.</summary>
    /// <returns>The first column of its first row; null where it has none.</returns>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // The test's own.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Starts it (again), on the same port with the same data; returns when it answers.</summary>
    public async Task StartAsync()
    {
        var data = Path.Combine(_folder, "data");
        _server = Start(
            AsServer("postgres", "-D", data, "-h", "127.0.0.1", "-p", $"{_port}", "-k", _folder, "-c", "fsync=off"));
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (deadline.Elapsed < TimeSpan.FromSeconds(20) && !_server.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Ends it at once, cutting every connection.</summary>
    /// <param name="crash">Without a word to anybody, not even to a standby.</param>
    public async Task StopAsync(bool crash = false)
    {
        if (_server is null) return;
        NpgsqlConnection.ClearAllPools();
        // Through runuser the child is not the server itself; the server's own file has its id. SIGINT: stop now, cleanly; SIGQUIT: as if it crashed.
        var pid = File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First();
        await RunAsync("kill", crash ? "-QUIT" : "-INT", int.Parse(pid, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
    }

    private static string? FindPrograms()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian).Select(v => Path.Combine(v, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions.Concat(path).FirstOrDefault(
            folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string[] AsServer(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_bin!, program), .. arguments];
        return Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. command] : command;
    }

    private Task RunAsServerAsync(string program, params string[] arguments)
    {
        var command = AsServer(program, arguments);
        return RunAsync(command[0], command[1..]);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start([program, .. arguments]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The server's account may not enter the current folder.
            WorkingDirectory = "/",
        };
        var process = Process.Start(start)!;
        // Unread pipes would stop the server once they are full.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
