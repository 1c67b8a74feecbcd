using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Evergrain.TestSupport;

/// <summary>
/// Two silos and two gateways, and two web pages where they are asked for, of real processes under `evergrain up`, on free ports, with a folder of their own. Everything it
/// started is gone when it is disposed.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly HashSet<int> _pids = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? _up;
    private int _processes;

    private Cluster(string folder, int[] ports)
    {
        Folder = folder;
        Ports = ports;
    }

    public string Folder { get; }

    /// <summary>silo-a: silo, gateway, admin; silo-b: the same; shared, gateway-a, gateway-b; shared, webui-a, webui-b.</summary>
    public int[] Ports { get; }

    public string Config => Path.Combine(Folder, "evergrain.yaml");

    public string Logs => Path.Combine(Folder, ".evergrain", "logs");

    public Uri Shared => new($"http://127.0.0.1:{Ports[6]}");

    public Uri GatewayA => new($"http://127.0.0.1:{Ports[7]}");

    public Uri GatewayB => new($"http://127.0.0.1:{Ports[8]}");

    /// <summary>The address that both web pages share; localhost as a person writes it.</summary>
    public Uri Page => new($"http://localhost:{Ports[9]}");

    public Uri PageA => new($"http://localhost:{Ports[10]}");

    public Uri PageB => new($"http://localhost:{Ports[11]}");

    public int UpPid => _up!.Id;

    public string Output => string.Join('\n', _lines);

    public TimeSpan StartTook { get; private set; }

    /// <summary>Writes the YAML and starts it; returns when it has printed `ready`.</summary>
    /// <param name="membership">The YAML of cluster.membership; null: SQLite.</param>
    /// <param name="model">The model package; null: models/default.</param>
    /// <param name="pages">Web pages too.</param>
    /// <param name="more">Lines to add to the YAML.</param>
    public static async Task<Cluster> StartAsync(string? membership = null, string? model = null, bool pages = false, string more = "")
    {
        var folder = Directory.CreateTempSubdirectory("evergrain-").FullName;
        var cluster = new Cluster(folder, FreePorts.Take(12));
        await File.WriteAllTextAsync(cluster.Config, cluster.Yaml(membership ?? "{ provider: sqlite }", model ?? Repository.Model, pages) + "\n" + more);
        try
        {
            await cluster.UpAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts `evergrain up` (again) and waits for `ready`.</summary>
    public async Task UpAsync()
    {
        _lines.Clear();
        var info = new ProcessStartInfo(Repository.Cli, ["up", "--config", Config]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var watch = Stopwatch.StartNew();
        _up?.Dispose();
        _up = new Process { StartInfo = info };
        _up.OutputDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _up.ErrorDataReceived += (_, e) => _lines.Enqueue(e.Data ?? "");
        _up.Start();
        _up.BeginOutputReadLine();
        _up.BeginErrorReadLine();
        await Poll.UntilAsync(() => _lines.Contains("ready") || _up.HasExited, ReadyLimit, "ready", () => Output);
        Assert.False(_up.HasExited, Output);
        StartTook = watch.Elapsed;
        _processes = (await ProcessesAsync()).Count;
    }

    /// <summary>Waits until the supervisor, which looks once a second, has seen every process ready: for tests that broke something and share the cluster.</summary>
    public Task<TimeSpan> UntilWholeAsync() => Poll.UntilAsync(
        async () => (await ProcessesAsync()).Count(p => p.State == "ready") == _processes, TimeSpan.FromSeconds(15), "every process ready", () => Output);

    /// <summary>Runs a command of `evergrain` on this cluster.</summary>
    public Task<CommandResult> RunAsync(params string[] args) => Command.RunAsync(Repository.Cli, [.. args, "--config", Config]);

    public async Task<JsonElement> StatusAsync()
    {
        var result = await RunAsync("status", "--json");
        return JsonSerializer.Deserialize<JsonElement>(result.Output);
    }

    public async Task<List<(string Name, int Pid, string State, int Restarts)>> ProcessesAsync()
    {
        var status = await StatusAsync();
        List<(string, int, string, int)> rows = [.. status.GetProperty("processes").EnumerateArray()
            .Where(p => p.GetProperty("pid").ValueKind == JsonValueKind.Number)
            .Select(p => (p.GetProperty("name").GetString()!, p.GetProperty("pid").GetInt32(), p.GetProperty("state").GetString()!, p.GetProperty("restarts").GetInt32()))];
        foreach (var row in rows) _pids.Add(row.Item2);
        return rows;
    }

    /// <summary>How often a process has ended by itself since the start, all of them together.</summary>
    public async Task<int> CrashesAsync() => (await ProcessesAsync()).Sum(p => p.Restarts);

    public async Task<int> PidAsync(string name) => (await ProcessesAsync()).Single(p => p.Name == name).Pid;

    /// <summary>What a silo's own admin port says of it; cheaper to ask again and again than a command.</summary>
    /// <returns>"unreachable" where it does not answer.</returns>
    public async Task<(string State, string Reason)> SiloAsync(string name)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{Ports[name == "silo-a" ? 2 : 5]}/status"));
            var silo = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(name, silo.GetProperty("name").GetString());
            return (silo.GetProperty("state").GetString()!, silo.TryGetProperty("reason", out var reason) ? reason.GetString() ?? "" : "");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return ("unreachable", "");
        }
    }

    public string Log(string name) => string.Concat(Directory.GetFiles(Logs, name + "*").Select(ReadShared));

    /// <summary>Every process it ever started that still runs.</summary>
    public int[] Alive => [.. _pids.Append(UpPid).Where(Command.IsAlive)];

    /// <summary>Waits until `up` has ended.</summary>
    /// <returns>Its exit code, and how long until it and all its children were gone.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> EndAsync(int signal)
    {
        await ProcessesAsync();
        Command.Signal(UpPid, signal);
        var took = await Poll.UntilAsync(() => Alive.Length == 0, TimeSpan.FromSeconds(20), $"all gone after signal {signal}", () => string.Join(' ', Alive));
        await _up!.WaitForExitAsync();
        return (_up.ExitCode, took);
    }

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
        {
            if (!_up.HasExited) Command.Signal(_up.Id, Command.SigTerm);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await _up.WaitForExitAsync(limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            foreach (var pid in Alive) Command.Signal(pid, Command.SigKill);
            _up.Dispose();
        }

        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private string Yaml(string membership, string model, bool pages) => $$"""
        cluster: { membership: {{membership}} }
        model: { path: "{{model}}" }
        silos:
          - { name: silo-a, siloPort: {{Ports[0]}}, gatewayPort: {{Ports[1]}}, adminPort: {{Ports[2]}} }
          - { name: silo-b, siloPort: {{Ports[3]}}, gatewayPort: {{Ports[4]}}, adminPort: {{Ports[5]}} }
        gateways:
          - { name: gateway-a, listen: [http://127.0.0.1:{{Ports[6]}}, http://127.0.0.1:{{Ports[7]}}] }
          - { name: gateway-b, listen: [http://127.0.0.1:{{Ports[6]}}, http://127.0.0.1:{{Ports[8]}}] }
        webuis: {{(pages ? $"[{PageEntry("a", 10)}, {PageEntry("b", 11)}]" : "[]")}}
        """;

    private string PageEntry(string name, int own) => $"{{ name: webui-{name}, listen: [\"http://127.0.0.1:{Ports[9]}\", \"http://127.0.0.1:{Ports[own]}\"] }}";
}
