using System.Collections.Immutable;
using System.Text.Json;

namespace Evergrain.Cli.Drill.Load;

/// <summary>
/// Open-loop load: requests leave on their schedule whether or not earlier ones were answered. A thread of its own sends them and, if it was
/// held up, sends what is overdue at once; none is left out. Latency counts from the schedule.
/// </summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly ScenarioClock _clock;
    private readonly Caller[] _callers;
    private readonly ImmutableArray<byte[]> _bodies;
    private readonly PoissonSchedule _schedule;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<Task<Sample>> _asked = [];
    private readonly Thread _thread;
    private int _finished;
    private int _failed;

    private LoadGenerator(LoadOptions options, ScenarioClock clock)
    {
        _clock = clock;
        Options = options;
        _callers = [.. options.Kinds.SelectMany(kind => Enumerable.Range(0, options.CallersPerKind).Select(n => new Caller(kind, n, options.Connect, clock)))];
        _bodies = options.Bodies;
        _schedule = new PoissonSchedule(options.PerSecond, options.Seed);
        _thread = new Thread(Send) { IsBackground = true, Name = "load" };
    }

    public LoadOptions Options { get; }

    /// <summary>Requests that have ended, answered or not.</summary>
    public int Finished => Volatile.Read(ref _finished);

    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Sends from now on.</summary>
    public static LoadGenerator Start(LoadOptions options, ScenarioClock clock)
    {
        var load = new LoadGenerator(options, clock);
        load._thread.Start();
        return load;
    }

    /// <summary>The JSON of one request.</summary>
    public static byte[] Body(string text) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["text"] = text });

    /// <summary>What has ended so far, by when it was due.</summary>
    public IReadOnlyList<Sample> Snapshot()
    {
        lock (_lock)
            return [.. _asked.Where(task => task.IsCompletedSuccessfully).Select(task => task.Result)];
    }

    /// <summary>Sends no more and waits for what is open: at most a caller's patience.</summary>
    public async Task<IReadOnlyList<Sample>> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.Run(_thread.Join);
        return await Task.WhenAll(_asked);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var caller in _callers)
            caller.Dispose();
        _stop.Dispose();
    }

    private void Send()
    {
        var due = _clock.Now;
        while (true)
        {
            due += _schedule.Next();
            var wait = due - _clock.Now;
            // Rounded up: less than a millisecond would be a busy wait on a core that the service needs.
            if (wait > TimeSpan.Zero && _stop.Token.WaitHandle.WaitOne((int)Math.Ceiling(wait.TotalMilliseconds)))
                return;
            if (_stop.IsCancellationRequested)
                return;
            var asked = AskAsync(_callers[_schedule.Pick(_callers.Length)], due, _schedule.Pick(_bodies.Length));
            lock (_lock)
                _asked.Add(asked);
        }
    }

    private async Task<Sample> AskAsync(Caller caller, TimeSpan due, int text)
    {
        var sample = await caller.AskAsync(due, text, _bodies[text]);
        Interlocked.Increment(ref _finished);
        if (sample.Failure is not null)
            Interlocked.Increment(ref _failed);
        return sample;
    }
}
