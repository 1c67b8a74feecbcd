using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Evergrain.Bench.Throughput;

/// <summary>One silo and one gateway as processes of their own, started with <c>evergrain up</c> as anybody would.</summary>
internal sealed class ServingPair : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _up;
    private readonly string _folder;
    private readonly Process[] _serving;

    private ServingPair(Process up, string folder, Uri gateway, string silo, Process[] serving)
        => (_up, _folder, Gateway, Silo, _serving) = (up, folder, gateway, silo, serving);

    /// <summary>The gateway's address.</summary>
    public Uri Gateway { get; }

    /// <summary>host:port of the silo's client port.</summary>
    public string Silo { get; }

    /// <summary>Processor time so far of silo and gateway.</summary>
    public TimeSpan Processor
    {
        get
        {
            var sum = TimeSpan.Zero;
            foreach (var process in _serving)
            {
                process.Refresh();
                sum += process.TotalProcessorTime;
            }

            return sum;
        }
    }

    /// <param name="options">Model and engine.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="tls">Folder of certificates; null: plain connections.</param>
    public static async Task<ServingPair> StartAsync(ThroughputOptions options, CancellationToken cancellationToken, string? tls = null)
    {
        var (threads, slots) = (options.Threads, options.Slots);
        var folder = Directory.CreateTempSubdirectory("evergrain-bench-").FullName;
        var ports = FreePorts(4);
        var config = Path.Combine(folder, "evergrain.yaml");
        await File.WriteAllTextAsync(
            config,
            string.Create(CultureInfo.InvariantCulture, $$"""
                cluster:  { membership: { provider: sqlite, connection: membership.db } }
                model:    { path: "{{Path.GetFullPath(options.Model)}}" }
                engine:   { threads: {{(slots > 0 ? threads / slots : threads == Environment.ProcessorCount ? 0 : threads)}}, slots: {{slots}}, batchTokens: {{options.BatchTokens}}, maxQueueWait: 60s }
                silos:    [ { name: silo-a, siloPort: {{ports[0]}}, gatewayPort: {{ports[1]}}, adminPort: {{ports[2]}}, devices: ["{{options.Device}}"] } ]
                gateways: [ { name: gateway-a, listen: ["http://127.0.0.1:{{ports[3]}}"] } ]
                webuis:   []
                {{(tls is null ? "" : $"tls: {{ folder: \"{tls}\" }}")}}

                """),
            cancellationToken);
        var up = Process.Start(new ProcessStartInfo(Program, ["up", "--config", config]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await ReadUntilReadyAsync(up, cancellationToken);
            var serving = await ServingAsync(config, cancellationToken);
            return new ServingPair(up, folder, new Uri($"http://127.0.0.1:{ports[3]}"), $"127.0.0.1:{ports[1]}", serving);
        }
        catch
        {
            up.Kill(entireProcessTree: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using (var term = Process.Start("kill", ["-TERM", _up.Id.ToString(CultureInfo.InvariantCulture)])) await term.WaitForExitAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _up.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _up.Kill(entireProcessTree: true);
        }

        foreach (var process in _serving) process.Dispose();
        _up.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>artifacts/bin/Evergrain.Cli/release/evergrain, beside this program's folder.</summary>
    private static string Program
        => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Evergrain.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "evergrain"));

    private static async Task ReadUntilReadyAsync(Process up, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var lines = new List<string>();
        while (await up.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
            if (line != "ready") continue;
            // Read on, or it would stop when the pipe is full.
            _ = up.StandardOutput.ReadToEndAsync(CancellationToken.None);
            _ = up.StandardError.ReadToEndAsync(CancellationToken.None);
            return;
        }

        throw new InvalidOperationException($"evergrain up ended:\n{string.Join('\n', lines)}\n{await up.StandardError.ReadToEndAsync(cancellationToken)}");
    }

    private static async Task<Process[]> ServingAsync(string config, CancellationToken cancellationToken)
    {
        using var status = Process.Start(new ProcessStartInfo(Program, ["status", "--json", "--config", config]) { RedirectStandardOutput = true })!;
        using var json = JsonDocument.Parse(await status.StandardOutput.ReadToEndAsync(cancellationToken));
        await status.WaitForExitAsync(cancellationToken);
        return [.. json.RootElement.GetProperty("processes").EnumerateArray().Select(process => Process.GetProcessById(process.GetProperty("pid").GetInt32()))];
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var socket in sockets) socket.Start();
        var ports = sockets.Select(socket => ((IPEndPoint)socket.LocalEndpoint).Port).ToArray();
        foreach (var socket in sockets) socket.Dispose();
        return ports;
    }
}
