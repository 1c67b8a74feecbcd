using System.Diagnostics;
using System.Globalization;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Supervision;

namespace Evergrain.Bench.Baseline;

/// <summary>What the service replaces: nginx in front of two Flask processes with torch, all under supervisord.</summary>
internal sealed class OldStack : IStack
{
    private const string Nginx = "/usr/sbin/nginx";
    private const string Supervisor = "/usr/bin/supervisord";
    private const string Control = "/usr/bin/supervisorctl";
    private const string Python = "/usr/bin/python3";

    private static readonly string[] Apps = ["app-a", "app-b"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan BetweenRestarts = TimeSpan.FromSeconds(4);

    private readonly string _folder;
    private readonly int[] _ports;
    private readonly Process _supervisor;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(2) };

    private OldStack(string folder, int[] ports, Process supervisor) => (_folder, _ports, _supervisor) = (folder, ports, supervisor);

    public string Name => "nginx + 2 × Flask + torch";

    public Uri Address => new($"http://127.0.0.1:{_ports[2]}");

    /// <summary>What has to be installed for it; null where nothing is missing.</summary>
    public static string? Missing
    {
        get
        {
            var files = new[] { Nginx, Supervisor, Python }.Where(file => !File.Exists(file)).ToList();
            return files.Count > 0 ? $"{string.Join(", ", files)} not found: apt-get install nginx-light supervisor python3-flask python3-torch python3-onnx libopenblas0-pthread" : null;
        }
    }

    /// <param name="checkpoint">Folder of the model as torch reads it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<OldStack> StartAsync(string checkpoint, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("evergrain-baseline-").FullName;
        int[] ports = [FreePorts.Take(), FreePorts.Take(), FreePorts.Take()];
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), NginxConf(folder, ports), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "supervisord.conf"), SupervisorConf(folder, Path.GetFullPath(checkpoint), ports), cancellationToken);
        var stack = new OldStack(folder, ports, ToolRun.Start(Supervisor, ["-c", Path.Combine(folder, "supervisord.conf")]));
        try
        {
            await stack.WaitUntilWholeAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async Task KillOneAsync(CancellationToken cancellationToken) => Signals.Send(await PidAsync(Apps[0], cancellationToken), Signal.Kill);

    public async Task FreezeOneAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        var pid = await PidAsync(Apps[0], cancellationToken);
        Signals.Send(pid, Signal.Stop);
        await Task.Delay(length, TimeProvider.System, cancellationToken);
        Signals.Send(pid, Signal.Continue);
    }

    public async Task RestartAllAsync(CancellationToken cancellationToken)
    {
        foreach (var app in Apps)
        {
            await ControlAsync(["restart", app], cancellationToken);
            await Task.Delay(BetweenRestarts, TimeProvider.System, cancellationToken);
        }
    }

    public async Task WaitUntilWholeAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        foreach (var port in _ports)
        {
            while (!await AnswersAsync(port, cancellationToken))
            {
                if (_supervisor.HasExited || TimeProvider.System.GetElapsedTime(started) > StartLimit)
                    throw new InvalidOperationException($"The old stack does not answer on port {port}; its logs:\n{Logs()}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A stopped process hears no SIGTERM; supervisord ends its children and then itself.
        if (!_supervisor.HasExited)
        {
            Signals.Terminate(_supervisor.Id);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _supervisor.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _supervisor.Kill(entireProcessTree: true);
            }
        }

        _supervisor.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>bench/baseline/app.py of the repository that this program was built from.</summary>
    private static string App
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "bench", "baseline", "app.py"))) folder = Path.GetDirectoryName(folder);
            return folder is null ? throw new InvalidOperationException("bench/baseline/app.py is missing: run this from the repository.") : Path.Combine(folder, "bench", "baseline", "app.py");
        }
    }

    private static string NginxConf(string folder, int[] ports) => $$"""
        pid {{folder}}/nginx.pid;
        error_log {{folder}}/nginx.log warn;
        worker_processes auto;
        events { worker_connections 4096; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          upstream apps {
            server 127.0.0.1:{{ports[0]}} weight=10 max_fails=2 fail_timeout=10s;
            server 127.0.0.1:{{ports[1]}} weight=5 max_fails=2 fail_timeout=10s;
          }
          server {
            listen 127.0.0.1:{{ports[2]}};
            location / { proxy_pass http://apps; }
          }
        }

        """;

    private static string SupervisorConf(string folder, string checkpoint, int[] ports)
    {
        var programs = Apps.Zip(ports, (app, port) => $"""
            [program:{app}]
            command={Python} {App} --checkpoint {checkpoint} --port {port.ToString(CultureInfo.InvariantCulture)}
            autorestart=true
            startretries=1000
            redirect_stderr=true
            stdout_logfile={folder}/{app}.log

            """);
        return $"""
            [supervisord]
            nodaemon=true
            logfile={folder}/supervisord.log
            pidfile={folder}/supervisord.pid
            [unix_http_server]
            file={folder}/control
            [rpcinterface:supervisor]
            supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
            [supervisorctl]
            serverurl=unix://{folder}/control

            {string.Join('\n', programs)}
            [program:nginx]
            command={Nginx} -c {folder}/nginx.conf -g "daemon off;"
            autorestart=true

            """;
    }

    private async Task<int> PidAsync(string app, CancellationToken cancellationToken)
        => int.Parse(await ControlAsync(["pid", app], cancellationToken), CultureInfo.InvariantCulture);

    private Task<string> ControlAsync(string[] arguments, CancellationToken cancellationToken)
        => ToolRun.RequireAsync(Control, ["-c", Path.Combine(_folder, "supervisord.conf"), .. arguments], cancellationToken);

    private async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private string Logs() => string.Join('\n', Directory.GetFiles(_folder, "*.log").Select(file => $"{Path.GetFileName(file)}: {File.ReadAllText(file)}"));
}
