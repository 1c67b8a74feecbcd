using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrain.Cli.Commands;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Judging;

namespace Evergrain.Cli.Drill;

/// <summary>
/// The events of all gateways of a cluster, read again and again while a scenario runs: a gateway that dies takes its own list with it.
/// </summary>
internal sealed class EventLog : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly ImmutableArray<GatewayAddress> _gateways;
    private readonly ScenarioClock _clock;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = [];
    private readonly List<GatewayEvent> _events = [];

    public EventLog(DrillCluster cluster, ScenarioClock clock)
    {
        _gateways = cluster.Gateways;
        _clock = clock;
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (cluster.Connect is { } connect)
            handler.ConnectCallback = (context, cancellationToken) => connect(context, cancellationToken);
        _http = new HttpClient(handler) { Timeout = Timeout };
        _http.Authorize(cluster.ApiKey);
        _loop = Task.Run(PollAsync);
    }

    /// <summary>In order of time; those of one gateway at the same moment in its own order.</summary>
    public IReadOnlyList<GatewayEvent> All
    {
        get
        {
            lock (_lock)
                return [.. _events.OrderBy(e => e.At)];
        }
    }

    /// <summary>Reads every gateway's events now.</summary>
    public Task RefreshAsync() => Task.WhenAll(_gateways.Select(ReadAsync));

    /// <summary>Those from <paramref name="from"/> on.</summary>
    public IEnumerable<GatewayEvent> Since(TimeSpan from) => All.Where(e => _clock.Of(e.At) >= from);

    /// <summary>Whether each gateway that speaks of the silo at all gives it calls.</summary>
    public bool TakesCalls(string silo) => Wholeness.TakesCalls(All, silo);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task PollAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await RefreshAsync();
            await Task.Delay(Interval, _clock.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(GatewayAddress gateway)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(gateway.Address, "/v1/cluster/events?follow=false"));
            if (!response.IsSuccessStatusCode)
                return;
            var events = await response.Content.ReadFromJsonAsync<List<GatewayEvent>>() ?? [];
            lock (_lock)
            {
                foreach (var news in events.Where(e => _known.Add(e.Id)))
                    _events.Add(news with { Gateway = gateway.Name });
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            // It may be the one that is dead or frozen just now; the next look follows.
        }
    }
}
