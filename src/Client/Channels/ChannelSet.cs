using System.Collections.Immutable;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;
using Evergrain.Tls;
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

    private readonly ChannelContext _context;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SuspicionClock _suspicion;
    private readonly DeadBoots _deadBoots;
    private readonly ModelAgreement _models;
    private readonly HashSet<SiloEndpoint> _seeds;
    private readonly Dictionary<SiloEndpoint, long> _lastNamed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private EvergrainClientOptions _options;
    private ImmutableArray<SiloChannel> _channels;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelSet(
        EvergrainClientOptions options, ClusterEvents events, ServiceTimes serviceTimes, PoisonList poison, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _context = new ChannelContext
        {
            Options = options,
            Loggers = loggers,
            Time = time,
            Events = events,
            ServiceTimes = serviceTimes,
            Poison = poison,
            Answers = new KnownAnswers(),
            Tls = options.TlsFolder is { } folder ? MutualTls.Load(folder, TlsRole.Client, time) : null,
            StateChanged = OnStateChanged,
        };
        _logger = loggers.CreateLogger<ChannelSet>();
        _time = time;
        _suspicion = new SuspicionClock(time);
        _deadBoots = new DeadBoots(events);
        _models = new ModelAgreement(events);
        _seeds = [.. options.Silos.Select(s => SiloEndpoint.TryParse(s, out var e) ? e : throw new ArgumentException(s))];
        _channels = [.. _seeds.Select(Open)];
        _loop = Task.Run(() => WatchAsync(_stop.Token));
    }

    public ImmutableArray<SiloChannel> Channels => _channels;

    public ImmutableArray<ISiloChannel> Current => ImmutableArray<ISiloChannel>.CastUp(_channels);

    public Task WhenChanged => Volatile.Read(ref _changed).Task;

    public void Refuse(string text, string silo)
    {
        var mark = new PoisonMark { Hash = PoisonList.HashOf(text), TimeLeft = PoisonList.Lifetime };
        if (_context.Poison.Add([mark]).IsEmpty) return;
        _context.Events.Publish(ClusterEventKind.PoisonRefused, silo, 0, "two processes were lost while this text ran alone",
            $"sha256 {mark.Hash}; refused for {PoisonList.Lifetime.TotalMinutes:F0} min by every gateway");
        foreach (var channel in _channels) channel.Wake();
    }

    /// <summary>From the next check on: when reports are too old, and whether that matters.</summary>
    public void Apply(EvergrainClientOptions options) => Volatile.Write(ref _options, options);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_channels.Select(c => c.DisposeAsync().AsTask())).ConfigureAwait(false);
        _stop.Dispose();
    }

    private SiloChannel Open(SiloEndpoint endpoint) => new(endpoint, _context);

    private void OnStateChanged()
        => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(SuspicionClock.Interval, _time);
        var membershipAt = _time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            CheckSuspicion();
            _deadBoots.Look(_channels);
            _models.Look(_channels);
            Divert();
            if (_time.GetElapsedTime(membershipAt) < MembershipInterval) continue;
            membershipAt = _time.GetTimestamp();
            await FollowMembershipAsync().ConfigureAwait(false);
        }
    }

    private void CheckSuspicion()
    {
        var options = Volatile.Read(ref _options);
        var limit = _suspicion.NextLimit(options.SuspectAfter);
        if (!options.Failover)
        {
            // Not the silos that were suspect when it was switched off either.
            foreach (var channel in _channels) channel.SetSuspect(false, default);
            return;
        }

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

    private void Divert()
    {
        var diverted = Diversion.Of([.. _channels.Select(c => c.Load)]);
        foreach (var (i, channel) in _channels.Index()) channel.SetDiverted(diverted[i]);
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
