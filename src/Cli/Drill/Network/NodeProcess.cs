using System.Diagnostics;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Network;

/// <summary>The supervisor of one server of the lab: <c>evergrain up</c> inside the server's namespace.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>A supervisor ends within 15 s.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];
    private readonly Process _process;
    private readonly string _socket;

    /// <param name="program">The evergrain executable.</param>
    /// <param name="node">Where it runs, and its name in the YAML.</param>
    /// <param name="config">The YAML file.</param>
    /// <param name="socket">Its control socket. A socket of the file system: it can be opened from every network namespace.</param>
    public NodeProcess(string program, NetworkNode node, string config, string socket)
    {
        _socket = socket;
        // ip becomes the program (exec), so the pid is the supervisor's.
        var start = new ProcessStartInfo(SystemTool.Find("ip")!, ["netns", "exec", node.Namespace.Name, program, "up", "--node", node.Name, "--config", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new UserException($"evergrain up --node {node.Name} ended by itself: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Returns when it has printed "ready".</summary>
    /// <exception cref="UserException">It ended, or takes too long; with what it printed.</exception>
    public async Task WaitReadyAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new UserException($"{_process.StartInfo.ArgumentList[^3]} is not ready after {limit.TotalSeconds} s: {Output}");
        }
    }

    /// <returns>What runs there; empty where the supervisor does not answer.</returns>
    public async Task<IReadOnlyList<ProcessReport>> ChildrenAsync(CancellationToken cancellationToken)
        => await ControlClient.ProcessesAsync(_socket, cancellationToken) ?? [];

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            if (!_process.HasExited)
                Signals.Terminate(_process.Id);
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Its children see the end of their stdin and end as well.
            _process.Kill();
        }
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
        if (line == "ready")
            _ready.TrySetResult();
    }
}
