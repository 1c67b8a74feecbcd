using Evergrain.Client.Events;

namespace Evergrain.Client.Channels;

/// <summary>Counts the calls that leave a lost silo, and says when the last of them was sent elsewhere.</summary>
internal sealed class FailoverTally(ClusterEvents events, TimeProvider time) : IDisposable
{
    /// <summary>Whoever has not left by then never will: its caller has gone, or its time is up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private string _silo = "";
    private int _bootId;
    private int _expected;
    private int _moved;
    private long _since;
    private DateTimeOffset _lastMoved;
    private TimeSpan _lastAfter;

    /// <summary>The silo was lost with so many calls under way.</summary>
    public void Begin(string silo, int bootId, int calls)
    {
        if (calls == 0) return;
        lock (_lock)
        {
            (_silo, _bootId, _expected, _moved, _since) = (silo, bootId, calls, 0, time.GetTimestamp());
            _timer ??= time.CreateTimer(_ => End(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One of them was sent elsewhere.</summary>
    public void Moved()
    {
        lock (_lock)
        {
            if (_expected == 0) return;
            _moved++;
            _lastMoved = time.GetUtcNow();
            _lastAfter = time.GetElapsedTime(_since);
            if (_moved < _expected) return;
        }

        End();
    }

    public void Dispose() => _timer?.Dispose();

    private void End()
    {
        int expected, moved;
        lock (_lock)
        {
            if (_expected == 0) return; // said already
            (expected, moved) = (_expected, _moved);
            _expected = 0;
        }

        if (moved == 0) return;
        events.Publish(ClusterEventKind.Failover, _silo, _bootId, "its calls were sent elsewhere",
            $"{moved} of {expected} calls, the last {_lastAfter.TotalMilliseconds:F0} ms after the loss was seen", moved, _lastMoved);
    }
}
