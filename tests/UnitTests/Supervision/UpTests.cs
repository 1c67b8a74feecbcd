using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Evergrain.Cli;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Status;
using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

/// <summary>The whole of <c>up</c> with fake children: lock, ports, control socket, ready, stop.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UpTests : IDisposable
{
    private readonly Scene _scene = new($$"""
        silos: [{ name: silo-a, siloPort: {{FreePorts.Take()}}, gatewayPort: {{FreePorts.Take()}}, adminPort: {{FreePorts.Take()}} }]
        gateways: [{ name: gateway-a, listen: [http://127.0.0.1:{{FreePorts.Take()}}] }]
        webuis: []
        """);

    private readonly CancellationTokenSource _stop = new();
    private readonly FakeChild _silo = new("silo-a", ChildSpec.Silo, FakeChild.Obedient);
    private readonly FakeChild _gateway = new("gateway-a", ChildSpec.Gateway, FakeChild.Obedient);

    public void Dispose()
    {
        _silo.Dispose();
        _gateway.Dispose();
        _stop.Dispose();
        _scene.Dispose();
    }

    [Fact]
    public async Task Run_GatewayPredicts_IsReadyAndStopsCleanly()
    {
        _gateway.Answer = "503 Service Unavailable";
        var up = RunAsync();
        await Scene.UntilAsync(() => _gateway.Requests.Contains("POST /predict", StringComparison.Ordinal), () => _scene.Printed);
        Assert.DoesNotContain("ready", Lines());

        _gateway.Answer = "200 OK";
        await Scene.UntilAsync(() => Lines().Contains("ready"), () => _scene.Printed);
        await _stop.CancelAsync();
        await up;

        Assert.Equal("stopped", Lines()[^1]);
        Assert.Single(Lines(), line => line == "ready");
        Assert.False(File.Exists(_scene.Folder.SocketOf("local")));
        Assert.False(File.Exists(_scene.Folder.PidOf("local")));
    }

    [Fact]
    public async Task Run_NotReadyForLong_SaysWhyOnce()
    {
        _gateway.Answer = "503 Service Unavailable";
        var up = RunAsync(Scene.Fast with { ExplainAfter = TimeSpan.FromMilliseconds(300) });

        await _scene.UntilPrintedAsync("gateway-a: starting; POST /predict answers 503");
        await _scene.UntilPrintedAsync("silo-a: ready; does not answer");
        await _stop.CancelAsync();
        await up;

        Assert.Single(Lines(), line => line.StartsWith("not ready yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ControlSocket_WhileUp_ListsTheChildrenToItsOwnerOnly()
    {
        var up = RunAsync();
        await Scene.UntilAsync(() => Lines().Contains("ready"), () => _scene.Printed);

        using var probe = new HealthProbe(TimeSpan.FromSeconds(1));
        var report = await new StatusReader(_scene.Config, probe).ReadAsync(TestContext.Current.CancellationToken);
        var mode = File.GetUnixFileMode(_scene.Folder.SocketOf("local"));
        await _stop.CancelAsync();
        await up;

        Assert.Equal([("silo-a", "silo", "local", 0), ("gateway-a", "gateway", "local", 0)],
            report.Processes.Select(p => (p.Name, p.Kind, p.Node, p.Restarts)));
        Assert.All(report.Processes, p => Assert.NotNull(p.Pid));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        // Nothing listens on the admin port of the file: the fake's health is elsewhere.
        Assert.Equal(("silo-a", "unreachable"), (report.Silos[0].Name, report.Silos[0].State));
        Assert.False(report.AllReady);
    }

    [Fact]
    public async Task ControlSocket_Changes_DoneOrRefusedWithAReason()
    {
        var up = RunAsync();
        await Scene.UntilAsync(() => Lines().Contains("ready"), () => _scene.Printed);
        var processes = new RunningProcesses(_scene.Config);

        var stopped = await ChangeAsync("silo-a", "stop");
        Assert.Equal((ProcessState.Stopped, null), (stopped.State, stopped.Pid));
        Assert.Equal("silo-a is stopped: it does not run", await RefusedAsync("silo-a", "drain"));
        Assert.Equal("silo-a is stopped: it does not run", await RefusedAsync("silo-a", "undrain"));
        Assert.NotNull((await ChangeAsync("silo-a", "start")).Pid);
        Assert.NotEqual(stopped.StartedAt, (await ChangeAsync("silo-a", "restart")).StartedAt);
        Assert.Equal(
            "gateway-a is a gateway: only silos are drained; use stop, which lets it answer what it holds", await RefusedAsync("gateway-a", "drain"));
        Assert.Equal("gateway-a is a gateway: only silos are drained", await RefusedAsync("gateway-a", "undrain"));
        Assert.Equal("nothing is named 'silo-x' here; there are: silo-a, gateway-a", await RefusedAsync("silo-x", "stop"));

        await ChangeAsync("silo-a", "stop");
        await _stop.CancelAsync();
        await up;
        Assert.Contains("no `evergrain up` of node 'local' runs here", await RefusedAsync("silo-a", "start"), StringComparison.Ordinal);

        // Not by way of the file's names, so that up has to know its own.
        Task<ProcessReport> ChangeAsync(string name, string action)
            => processes.ChangeAsync(new(name, ChildSpec.Silo, "local"), action, TestContext.Current.CancellationToken);

        async Task<string> RefusedAsync(string name, string action)
            => (await Assert.ThrowsAsync<UserException>(() => ChangeAsync(name, action))).Message;
    }

    [Fact]
    public async Task ControlSocket_Silo_IsAskedThroughUp()
    {
        var up = RunAsync();
        await Scene.UntilAsync(() => Lines().Contains("ready"), () => _scene.Printed);
        var socket = _scene.Folder.SocketOf("local");
        _silo.Body = """{"name":"silo-a","state":"draining","membership":{"state":"away","awaySeconds":3}}""";

        var status = await ControlClient.SiloStatusAsync(socket, "silo-a", TestContext.Current.CancellationToken);
        await ControlClient.ChangeAsync(socket, "silo-a", "drain", TestContext.Current.CancellationToken);
        var nobody = await ControlClient.SiloStatusAsync(socket, "gateway-a", TestContext.Current.CancellationToken);
        await _stop.CancelAsync();
        await up;

        Assert.Equal(("draining", "away", 3.0), (status!.State, status.Membership!.State, status.Membership.AwaySeconds));
        Assert.Null(nobody);
        Assert.Contains("POST /drain", _silo.Requests, StringComparison.Ordinal);
        Assert.Contains("X-Evergrain: 1", _silo.LastHeaders, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TheNodeIsUpAlready_RefusesAndNamesTheOther()
    {
        using var held = UpLock.Take(_scene.Folder, "local");

        var error = await Assert.ThrowsAsync<UserException>(() => RunAsync());

        Assert.Equal($"node 'local' is already up (pid {Environment.ProcessId}); stop that one first", error.Message);
        using var other = UpLock.Take(_scene.Folder, "another-node");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_PortHeld_RefusesAndNamesTheEntry(bool reusePort)
    {
        var port = _scene.Config.Gateways[0].Listen[0].Port;
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (reusePort)
            holder.SetRawSocketOption(SolSocket, SoReusePort, BitConverter.GetBytes(1));
        holder.Bind(new IPEndPoint(IPAddress.Loopback, port));
        holder.Listen();

        var error = await Assert.ThrowsAsync<UserException>(() => RunAsync());

        Assert.StartsWith($"127.0.0.1:{port} (gateway-a's listen) is held by another process", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("started", _scene.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortComesFree_GoesOn()
    {
        using var holder = new TcpListener(IPAddress.Loopback, _scene.Config.Silos[0].AdminPort);
        holder.Start();
        var up = RunAsync(Scene.Fast with { PortsFree = TimeSpan.FromSeconds(20) });
        await _scene.UntilPrintedAsync("(silo-a's adminPort) is still held");

        holder.Stop();
        await Scene.UntilAsync(() => Lines().Contains("ready"), () => _scene.Printed);
        await _stop.CancelAsync();
        await up;
    }

    [Fact]
    public async Task Report_AsJson_HasThePromisedNames()
    {
        using var probe = new HealthProbe(TimeSpan.FromSeconds(1));
        var report = await new StatusReader(_scene.Config, probe).ReadAsync(TestContext.Current.CancellationToken);

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report, JsonSerializerOptions.Web));

        Assert.Equal(["processes", "silos", "state", "reasons"], json.RootElement.EnumerateObject().Select(p => p.Name));
        var process = json.RootElement.GetProperty("processes")[0];
        Assert.Equal(["name", "kind", "node", "pid", "state", "restarts", "startedAt", "lastExit"], process.EnumerateObject().Select(p => p.Name));
        Assert.Equal((JsonValueKind.Null, "unreachable"), (process.GetProperty("pid").ValueKind, process.GetProperty("state").GetString()));
        var silo = json.RootElement.GetProperty("silos")[0];
        Assert.Equal(["name", "state", "reason", "load", "version", "hash", "bootId", "membership", "telemetry"], silo.EnumerateObject().Select(p => p.Name));
    }

    private const int SolSocket = 1;
    private const int SoReusePort = 15;

    private Task RunAsync(SupervisorOptions? options = null)
        => new Up(_scene.Config, "local", options ?? Scene.Fast, _scene.Output, TimeProvider.System)
            .RunAsync([_silo.Spec, _gateway.Spec], _stop.Token, CancellationToken.None);

    private string[] Lines() => _scene.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
