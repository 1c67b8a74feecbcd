using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Channels;

/// <summary>
/// All channels: the seeds, and every silo that some silo's membership view names. Watches the age of their reports.
/// Readers take the current array; it is swapped whole.
/// </summary>
internal sealed partial class ChannelSet : IChannelSource, IAsyncDisposable
{
    private static readonly TimeSpan MembershipInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(1);

    private readonly EvergrainClientOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SuspicionClock _suspicion;
    private readonly HashSet<SiloEndpoint> _seeds;
    private readonly Dictionary<SiloEndpoint, long> _lastNamed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private ImmutableArray<SiloChannel> _channels;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelSet(EvergrainClientOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _loggers = loggers;
        _logger = loggers.CreateLogger<ChannelSet>();
        _time = time;
        _suspicion = new SuspicionClock(time, options.SuspectAfter);
        _seeds = [.. options.Silos.Select(s => SiloEndpoint.TryParse(s, out var e) ? e : throw new ArgumentException(s))];
        _channels = [.. _seeds.Select(Open)];
        _loop = Task.Run(() => WatchAsync(_stop.Token));
    }

    public ImmutableArray<SiloChannel> Channels => _channels;

    public ImmutableArray<ISiloChannel> Current => ImmutableArray<ISiloChannel>.CastUp(_channels);

    /// <summary>Completes at the next change of any channel's state.</summary>
    public Task WhenChanged => Volatile.Read(ref _changed).Task;

    public bool IsDeclaredDead(ISiloChannel channel)
    {
        if (channel.State is not { } state) return false;
        foreach (var other in _channels)
        {
            // A dead silo's own view is not asked; the word of one that is connected counts.
            if (ReferenceEquals(other, channel) || !other.Connected || other.State is not { } view) continue;
            foreach (var member in view.Report.Members)
            {
                if (member.Dead && member.BootId == state.Report.BootId && member.Silo == state.Report.Silo) return true;
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_channels.Select(c => c.DisposeAsync().AsTask())).ConfigureAwait(false);
        _stop.Dispose();
    }

    private SiloChannel Open(SiloEndpoint endpoint) => new(endpoint, _options, _loggers, _time, OnStateChanged);

    private void OnStateChanged()
        => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(SuspicionClock.Interval, _time);
        var membershipAt = _time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            CheckSuspicion();
            if (_time.GetElapsedTime(membershipAt) < MembershipInterval) continue;
            membershipAt = _time.GetTimestamp();
            await FollowMembershipAsync().ConfigureAwait(false);
        }
    }

    private void CheckSuspicion()
    {
        var limit = _suspicion.NextLimit();
        var reporting = 0;
        foreach (var channel in _channels)
        {
            if (channel.ReportAge is not { } age) channel.SetSuspect(false, default);
            else if (age <= limit)
            {
                channel.SetSuspect(false, age);
                reporting++;
            }
        }

        // All silent at once: it is this process or its network. Nobody is left to send the calls to, so they may as well wait.
        if (reporting == 0) return;
        foreach (var channel in _channels)
        {
            if (channel.ReportAge is { } age && age > limit) channel.SetSuspect(true, age);
        }
    }

    private async Task FollowMembershipAsync()
    {
        var now = _time.GetTimestamp();
        var channels = _channels.ToBuilder();
        foreach (var member in _channels.Where(c => c.Connected).SelectMany(c => c.State?.Report.Members ?? []))
        {
            if (member.Dead || member.GatewayPort == 0) continue;
            var endpoint = new SiloEndpoint(member.Host, member.GatewayPort);
            _lastNamed[endpoint] = now;
            if (channels.Any(c => c.Endpoint == endpoint || IsSame(c, member))) continue;
            Log.Discovered(_logger, member.Silo, endpoint.ToString());
            channels.Add(Open(endpoint));
        }

        var forgotten = channels.Where(c => !_seeds.Contains(c.Endpoint) && !c.Connected
            && _time.GetElapsedTime(_lastNamed.GetValueOrDefault(c.Endpoint, now), now) > ForgetAfter).ToList();
        foreach (var channel in forgotten) channels.Remove(channel);
        if (channels.Count != _channels.Length || forgotten.Count > 0)
        {
            _channels = channels.ToImmutable();
            OnStateChanged();
        }

        foreach (var channel in forgotten) await channel.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The same silo under another address: a seed may use a name or a forwarded port.</summary>
    private static bool IsSame(SiloChannel channel, MemberView member)
        => channel.State is { } s && s.Report.Silo == member.Silo;

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "{Silo} discovered at {Endpoint}")]
        public static partial void Discovered(ILogger logger, string silo, string endpoint);
    }
}
