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
    private readonly Dictionary<TimeSpan, SemaphoreSlim> _set = [];

    /// <summary>Returns when a timer of this length has been set that was not waited for before.</summary>
    public async Task TimerAsync(TimeSpan length)
    {
        SemaphoreSlim set;
        lock (_gate) set = SetOf(length);
        Assert.True(await set.WaitAsync(TimeSpan.FromSeconds(30)), $"no timer of {length} was set");
    }

    public new void Advance(TimeSpan delta)
    {
        lock (_gate) base.Advance(delta);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            var timer = new SerialTimer(base.CreateTimer(callback, state, dueTime, period), _gate);
            SetOf(dueTime).Release();
            return timer;
        }
    }

    private SemaphoreSlim SetOf(TimeSpan length)
        => _set.TryGetValue(length, out var set) ? set : _set[length] = new SemaphoreSlim(0);

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
