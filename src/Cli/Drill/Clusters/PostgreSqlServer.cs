using System.Diagnostics;
using System.Globalization;
using Evergrain.Cli.Drill.Network;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>
/// A PostgreSQL server of the drill's own, in a temporary folder, that may be taken away and brought back: on a loopback port, or on a server of the
/// drill's own network.
/// </summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const int UsualPort = 5432;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly ScenarioClock _clock;
    private readonly NetworkNode? _place;
    private Process? _server;

    private PostgreSqlServer(string folder, NetworkNode? place, TimeProvider time)
    {
        _folder = folder;
        _place = place;
        _clock = new ScenarioClock(time);
        // A server of its own network has all of its ports.
        Port = place is null ? FreePorts.Take() : UsualPort;
    }

    /// <summary>The folder of initdb and postgres; null where they are not installed.</summary>
    public static string? Programs { get; } = FindPrograms();

    public int Port { get; }

    public string ConnectionString => $"Host={Host};Port={Port};Username=postgres;Database=postgres;Timeout=2;Command Timeout=2";

    /// <summary>"15.18".</summary>
    public string Version { get; private set; } = "";

    private string Host => _place is null ? "127.0.0.1" : $"{_place.Address}";

    private string Data => Path.Combine(_folder, "data");

    private string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <param name="time">The clock of its limits.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="place">The server that it runs on; null: this machine's loopback.</param>
    /// <exception cref="UserException">It cannot be set up; says what the program said.</exception>
    public static async Task<PostgreSqlServer> StartNewAsync(TimeProvider time, CancellationToken cancellationToken, NetworkNode? place = null)
    {
        var server = new PostgreSqlServer(Directory.CreateTempSubdirectory("evergrain-drill-db-").FullName, place, time);
        try
        {
            // It refuses to run as root; its folder must belong to the account that it runs as.
            if (Environment.IsPrivilegedProcess)
                await ToolRun.RequireAsync("chown", ["postgres", server._folder], cancellationToken);
            await RequireAsync("initdb", ["-D", server.Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"], cancellationToken);
            if (place is not null)
                await File.AppendAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), "host all all samenet trust\n", cancellationToken);
            server.Version = (await RequireAsync("postgres", ["--version"], cancellationToken)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it (again), on the same port with the same data; returns when it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (program, arguments) = AsServer("postgres", ["-D", Data, "-h", Host, "-p", $"{Port}", "-k", _folder, "-c", "fsync=off"]);
        if (_place is not null)
            (program, arguments) = (NetworkTools.Ip!, ["netns", "exec", _place.Namespace.Name, program, .. arguments]);
        _server = ToolRun.Start(program, arguments);
        // The server's own file says so on its eighth line.
        if (await _clock.UntilAsync(() => PidLines() is { Length: >= 8 } lines && lines[7].Trim() == "ready", StartLimit, cancellationToken) is null)
            throw new UserException($"PostgreSQL did not start within {StartLimit.TotalSeconds:0} s in {_folder}");
    }

    public Task EnsureRunningAsync(CancellationToken cancellationToken) => _server is null ? StartAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Ends it at once, cutting every connection.</summary>
    public async Task StopAsync()
    {
        if (_server is null)
            return;
        // Through runuser the child is not the server itself. SIGINT: stop now, cleanly.
        if (PidLines() is [var first, ..] && int.TryParse(first, CultureInfo.InvariantCulture, out var pid))
            Signals.Send(pid, Signal.Interrupt);
        else
            _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string[]? PidLines()
    {
        try
        {
            return File.ReadAllLines(PidFile);
        }
        catch (IOException)
        {
            // Not written yet, or just taken away.
            return null;
        }
    }

    private static Task<string> RequireAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var (program, all) = AsServer(name, arguments);
        return ToolRun.RequireAsync(program, all, cancellationToken);
    }

    private static (string Program, string[] Arguments) AsServer(string name, string[] arguments)
    {
        var program = Path.Combine(Programs!, name);
        return Environment.IsPrivilegedProcess ? ("runuser", ["-u", "postgres", "--", program, .. arguments]) : (program, arguments);
    }

    private static string? FindPrograms()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian).OrderDescending().Select(v => Path.Combine(v, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
