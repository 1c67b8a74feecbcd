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

        var cluster = new Cluster();
        using var probe = await StartAsync(table, cluster, health);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            if (away) Assert.True(await answered.WaitAsync(TimeSpan.FromSeconds(10)));
        }

        await probe.StopAsync(CancellationToken.None);
        Assert.Equal(questions, asked);
        Assert.Equal(0, cluster.Refreshes.CurrentCount);
    }

    /// <summary>Whether it is the probe's own question that is answered first, or one of Orleans'.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_TheDatabaseIsBack_OrleansReadsTheTableAtOnceAndOnlyOnce(bool probeFirst)
    {
        var health = new MembershipHealth(_time, NullLogger<MembershipHealth>.Instance);
        var back = false;
        using var asked = new SemaphoreSlim(0);
        var table = Table.Create(() => health.ObserveAsync(
            () =>
            {
                asked.Release();
                return back ? Task.FromResult<MembershipTableData>(null!) : Task.FromException<MembershipTableData>(new TimeoutException());
            },
            CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(() => health.ObserveAsync<bool>(() => throw new TimeoutException(), CancellationToken.None));
        var cluster = new Cluster();
        using var probe = await StartAsync(table, cluster, health);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await asked.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, cluster.Refreshes.CurrentCount);

        back = true;
        if (!probeFirst) await health.ObserveAsync(() => Task.FromResult(true), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(await cluster.Refreshes.WaitAsync(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(2));
        await probe.StopAsync(CancellationToken.None);
        Assert.Equal(0, cluster.Refreshes.CurrentCount);
    }

    private async Task<MembershipProbe> StartAsync(IMembershipTable table, Cluster cluster, MembershipHealth health)
    {
        var probe = new MembershipProbe(table, cluster, health, _time);
        await probe.StartAsync(CancellationToken.None);
        await _time.TimerSet.WaitAsync(TimeSpan.FromSeconds(10));
        return probe;
    }

    private sealed class Cluster : IClusterMembershipService
    {
        public SemaphoreSlim Refreshes { get; } = new(0);

        public ClusterMembershipSnapshot CurrentSnapshot => throw new NotSupportedException();

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
        {
            Refreshes.Release();
            return ValueTask.CompletedTask;
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();
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
