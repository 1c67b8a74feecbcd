using Evergrain.Cli.Commands;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>The main job: runs every process of one node until told to stop.</summary>
internal sealed class Up(EvergrainConfig config, string node, SupervisorOptions options, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan StatusStep = TimeSpan.FromMilliseconds(50);

    private readonly StateFolder _folder = new(config);
    private Supervisor? _supervisor;

    /// <param name="children">What to run.</param>
    /// <param name="stop">Stops in order.</param>
    /// <param name="insist">Stops at once.</param>
    /// <exception cref="UserException">Another <c>up</c> runs this node, or a port is taken.</exception>
    public async Task RunAsync(IReadOnlyList<ChildSpec> children, CancellationToken stop, CancellationToken insist)
    {
        using var oneOfANode = UpLock.Take(_folder, node);
        try
        {
            await NodePorts.WaitUntilFreeAsync(NodePorts.Of(node, config), options.PortsFree, output, time, stop);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        // Before the gateways start, which read it as well.
        NodeKey.ReadOrCreate(config);
        await using var supervisor = new Supervisor(children, _folder, options, output, time);
        await using var control = await ControlServer.StartAsync(_folder.SocketOf(node), supervisor, GatewayCalls.KeyFor(config));
        supervisor.Start();
        var disk = new DiskWatch(config.StateFolder, DiskWatch.FreeBytes, output).RunAsync(options.DiskInterval, time, stop);
        Volatile.Write(ref _supervisor, supervisor);
        await AnnounceReadyAsync(children, supervisor, stop);
        await WaitForAsync(stop);
        await disk;
        await output.WriteLineAsync("stopping");
        await supervisor.StopAsync(insist);
        await output.WriteLineAsync("stopped");
    }

    /// <summary>Passes a SIGHUP on to the children. What this process itself has read of the file stays: which processes there are.</summary>
    public void Reload()
    {
        // Before there is a child, each is still to read the file.
        if (Volatile.Read(ref _supervisor) is not { } supervisor) return;
        output.WriteLine($"SIGHUP: {supervisor.Reload()} processes read {config.File} again; their logs say what changed");
    }

    private async Task AnnounceReadyAsync(IReadOnlyList<ChildSpec> children, Supervisor supervisor, CancellationToken stop)
    {
        using var check = new ReadyCheck(children, GatewayCalls.KeyFor(config), options, time);
        try
        {
            await check.WaitAsync(reasons => ExplainAsync(supervisor, reasons), stop);
            await SeenByStatusAsync(supervisor, stop);
            if (config.WebUis.FirstOrDefault(w => w.Node == node) is { } page) await output.WriteLineAsync($"the page: {PageOf(page)}");
            await output.WriteLineAsync("ready");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop first.
        }
    }

    /// <summary>Who reads `ready` and asks for the status must not be told that a process still starts: the supervisor looks once a second.</summary>
    private async Task SeenByStatusAsync(Supervisor supervisor, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var limit = options.PollInterval + options.ProbeTimeout;
        while (supervisor.Reports.Any(r => r.State == ProcessState.Starting) && time.GetElapsedTime(began) < limit)
            await Task.Delay(StatusStep, time, stop);
    }

    /// <summary>What a person types into a browser: the first address is the shared one.</summary>
    private static string PageOf(WebUiConfig page)
    {
        var address = page.Public ?? page.Listen[0];
        return (address.IsLoopback || HostName.IsWildcard(address.Host) ? new UriBuilder(address) { Host = "localhost" }.Uri : address).GetLeftPart(UriPartial.Authority);
    }

    private async Task ExplainAsync(Supervisor supervisor, IReadOnlyDictionary<string, string> reasons)
    {
        var lines = supervisor.Reports.Select(report =>
        {
            var details = new[] { reasons.GetValueOrDefault(report.Name), report.LastExit is { } exit ? $"last ended: {exit}" : null };
            return string.Join("; ", details.Where(d => !string.IsNullOrEmpty(d)).Prepend($"  {report.Name}: {report.State}"));
        });
        await output.WriteLineAsync($"not ready yet (logs: {Path.GetDirectoryName(_folder.LogOf(node))}):\n"
            + string.Join('\n', lines));
    }

    private static async Task WaitForAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
