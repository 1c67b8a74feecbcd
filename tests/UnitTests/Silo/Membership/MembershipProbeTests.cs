using System.Reflection;
using Evergrain.Silo.Membership;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Membership;

public class MembershipProbeTests
{
    private readonly WatchedTime _time = new();

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 3)]
    public async Task Execute_SixSeconds_AsksOnlyWhileTheDatabaseIsAway(bool away, int questions)
    {
        var health = new MembershipHealth(_time, NullLogger<MembershipHealth>.Instance);
        var asked = 0;
        using var answered = new SemaphoreSlim(0);
        var table = Table.Create(() =>
        {
            asked++;
            answered.Release();
            return Task.FromException<MembershipTableData>(new TimeoutException());
        });
        if (away)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => health.ObserveAsync<bool>(() => throw new TimeoutException(), CancellationToken.None));
        }

        using var probe = new MembershipProbe(table, health, _time);
        await probe.StartAsync(CancellationToken.None);
        await _time.TimerSet.WaitAsync(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            if (away) Assert.True(await answered.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        await probe.StopAsync(CancellationToken.None);
        Assert.Equal(questions, asked);
    }

    /// <summary>Tells when the first timer was set: the probe sets its own on another thread.</summary>
    private sealed class WatchedTime : FakeTimeProvider
    {
        private readonly TaskCompletionSource _timerSet = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerSet => _timerSet.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _timerSet.TrySetResult();
            return timer;
        }
    }

    /// <summary>A membership table of which only the whole may be read.</summary>
    public class Table : DispatchProxy
    {
        private Func<Task<MembershipTableData>>? _readAll;

        public static IMembershipTable Create(Func<Task<MembershipTableData>> readAll)
        {
            var table = Create<IMembershipTable, Table>();
            ((Table)(object)table)._readAll = readAll;
            return table;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
            => targetMethod!.Name == nameof(IMembershipTable.ReadAllAsync) ? _readAll!() : throw new NotSupportedException(targetMethod.Name);
    }
}
