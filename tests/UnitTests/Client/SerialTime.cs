using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client;

/// <summary>
/// A clock that a test moves while the code under test sets and ends timers on other threads. <see cref="FakeTimeProvider"/> takes neither
/// at the same time: now and then it threw from within <c>Advance</c>.
/// </summary>
internal sealed class SerialTime : FakeTimeProvider
{
    // A monitor: callbacks of timers set and end others on the same thread.
    private readonly object _gate = new();

    public new void Advance(TimeSpan delta)
    {
        lock (_gate) base.Advance(delta);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate) return new SerialTimer(base.CreateTimer(callback, state, dueTime, period), _gate);
    }

    private sealed class SerialTimer(ITimer inner, object gate) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (gate) return inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            lock (gate) inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
