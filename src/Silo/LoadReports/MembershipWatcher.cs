using System.Collections.Immutable;

namespace Evergrain.Silo.LoadReports;

/// <summary>Keeps the <see cref="MembershipView"/> up to date. Statuses come from Orleans' gossip within milliseconds and without the
/// database; the table is asked only for gateway ports, and while it does not answer the view keeps what it knows.</summary>
internal sealed partial class MembershipWatcher(
    MembershipView view, IClusterMembershipService membership, IMembershipTable table, TimeProvider time, ILogger<MembershipWatcher> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private ImmutableDictionary<SiloAddress, int> _ports = ImmutableDictionary<SiloAddress, int>.Empty;
    private bool _readFailed;
    private Task _running = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Orleans has opened the table by now.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    public async Task StoppedAsync(CancellationToken cancellationToken)
        => await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        // One task each, so that a table that hangs never holds up the statuses.
        using var wake = new SemaphoreSlim(0);
        await Task.WhenAll(WatchAsync(wake, stopping), ReadPortsAsync(wake, stopping));
    }

    private async Task WatchAsync(SemaphoreSlim wake, CancellationToken stopping)
    {
        await foreach (var _ in membership.MembershipUpdates.WithCancellation(stopping))
        {
            Refresh();
            wake.Release();
        }
    }

    private async Task ReadPortsAsync(SemaphoreSlim wake, CancellationToken stopping)
    {
        while (true)
        {
            if (MembershipView.LacksPort(membership.CurrentSnapshot.Members.Values, _ports))
            {
                await ReadPortsAsync(stopping);
                await Task.Delay(Retry, time, stopping);
            }
            else
            {
                await wake.WaitAsync(stopping);
            }
        }
    }

    private async Task ReadPortsAsync(CancellationToken stopping)
    {
        try
        {
            var data = await table.ReadAllAsync(stopping);
            _ports = data.Members.ToImmutableDictionary(row => row.Item1.SiloAddress, row => row.Item1.ProxyPort);
            _readFailed = false;
            Refresh();
        }
#pragma warning disable CA1031 // Drivers throw what they like; routing must not care whether the database is there.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_readFailed) Log.ReadFailed(logger, e);
            _readFailed = true;
        }
    }

    /// <summary>Both tasks come here, with whatever is newest.</summary>
    private void Refresh()
    {
        lock (_gate)
        {
            var members = MembershipView.Compose(membership.CurrentSnapshot.Members.Values, _ports);
            if (view.Update(members) is not { } before) return;

            // A port that is still being read is no news.
            foreach (var member in members.Except(before).Where(m => m.Dead || m.GatewayPort > 0))
                Log.MemberChanged(logger, member.Silo, member.BootId, member.Dead ? "dead" : "alive", member.Host, member.GatewayPort);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Member {Silo} boot {BootId} is {Status} (gateway {Host}:{GatewayPort})")]
        public static partial void MemberChanged(ILogger logger, string silo, int bootId, string status, string host, int gatewayPort);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The membership table cannot be read; the view keeps what it knows")]
        public static partial void ReadFailed(ILogger logger, Exception exception);
    }
}
