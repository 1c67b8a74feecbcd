using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Cluster;

/// <summary>Follows the cluster while the page is open: every gateway's view once a second, every gateway's events as they happen, and whether this page's own host
/// still answers.</summary>
internal sealed class ClusterWatch(HttpClient http, GatewayBook book, PageHost host, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TellAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>A gateway that takes longer for its view is down for this page.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private bool _started;
    private bool _locked;
    private bool _telling;

    /// <summary>Something to show has changed.</summary>
    public event Action? Changed;

    /// <summary>Of the gateways that answered the last look, by name.</summary>
    public ImmutableSortedDictionary<string, ClusterView> Views { get; private set; } = ImmutableSortedDictionary<string, ClusterView>.Empty;

    /// <summary>Milliseconds of the last look at each gateway that answered.</summary>
    public ImmutableDictionary<string, double> Latencies { get; private set; } = ImmutableDictionary<string, double>.Empty;

    public Timeline Timeline { get; } = new();

    public Traffic Traffic { get; } = new();

    /// <summary>A gateway asks for a key that the person has not given, or gave wrong.</summary>
    public bool Locked { get; private set; }

    /// <summary>Every gateway was asked once.</summary>
    public bool Looked { get; private set; }

    /// <summary>The cluster in one word: healthy, degraded, down, locked where a key is missing, or unreachable where no gateway answers. The best of the views: one that is cut off from a silo
    /// does not make that silo ill.</summary>
    public string State => Views.Count == 0 ? Locked ? "locked" : "unreachable" : Views.Values.Select(v => v.State).MinBy(s => s switch { "healthy" => 0, "degraded" => 1, _ => 2 })!;

    public void Start()
    {
        if (_started) return;
        _started = true;
        foreach (var gateway in book.States) _ = new EventFeed(http, gateway.Address, OnEvent, time).RunAsync(_stop.Token);
        _ = LookAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void OnEvent(ClusterEvent e)
    {
        if (Timeline.Add(e) && !_telling) _ = TellAsync();
    }

    /// <summary>A gateway's kept events come in one go, up to a thousand: drawn once, not a thousand times.</summary>
    private async Task TellAsync()
    {
        _telling = true;
        await Task.Delay(TellAfter, time);
        _telling = false;
        Changed?.Invoke();
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(Step, time);
        var last = time.GetTimestamp();
        do
        {
            _locked = false;
            var (views, _) = (await Task.WhenAll(book.States.Select(s => ViewAsync(s.Address))), await host.LookAsync(_stop.Token));
            Locked = _locked;
            Views = views.OfType<ClusterView>().ToImmutableSortedDictionary(v => v.Gateway, v => v);
            Traffic.Add(Views.Values, time.GetElapsedTime(last));
            last = time.GetTimestamp();
            Looked = true;
            Changed?.Invoke();
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private async Task<ClusterView?> ViewAsync(GatewayAddress gateway)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, Limit, Timeout.InfiniteTimeSpan);
        var began = time.GetTimestamp();
        try
        {
            using var response = await http.GetAsync(new Uri(gateway.Url, "/v1/cluster?picks=12"), limit.Token);
            book.Answered(gateway);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
            {
                _locked = true;
                return null;
            }

            var view = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(AnswerJson.Default.ClusterView, limit.Token);
            Latencies = Latencies.SetItem(gateway.Name, time.GetElapsedTime(began).TotalMilliseconds);
            return view;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or OperationCanceledException)
        {
            if (_stop.IsCancellationRequested) return null;
            Latencies = Latencies.Remove(gateway.Name);
            book.Failed(gateway);
            return null;
        }
    }
}
