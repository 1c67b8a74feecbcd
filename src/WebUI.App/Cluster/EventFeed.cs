using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Evergrain.WebUI.App.Gateways;
using Microsoft.AspNetCore.Components.WebAssembly.Http;

namespace Evergrain.WebUI.App.Cluster;

/// <summary>Reads one gateway's timeline as it grows (Server-Sent Events), and goes on where it was after a break. By fetch and not by EventSource, so that a key
/// can travel in a header.</summary>
internal sealed class EventFeed(HttpClient http, GatewayAddress gateway, Action<ClusterEvent> onEvent, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Where a key is missing: until the person has given it.</summary>
    private static readonly TimeSpan RetryRefused = TimeSpan.FromSeconds(4);

    /// <summary>A gateway sends a comment every 10 s; one that sends nothing for longer is gone, though its connection may not say so.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);

    private string? _last;
    private bool _refused;

    /// <summary>Until it is cancelled. Never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
            {
                // Lost, or silent: the page's other calls say so where it matters.
            }

            await Task.Delay(_refused ? RetryRefused : Retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, "/v1/cluster/events"));
        request.SetBrowserResponseStreamingEnabled(true);
        if (_last is not null) request.Headers.Add("Last-Event-ID", _last);
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => silent.Cancel(), null, Silence, Timeout.InfiniteTimeSpan);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silent.Token);
        _refused = response.StatusCode == HttpStatusCode.Unauthorized;
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(silent.Token);
        await using var heard = new HeardStream(stream, () => timer.Change(Silence, Timeout.InfiniteTimeSpan));
        await foreach (var item in SseParser.Create(heard).EnumerateAsync(silent.Token))
        {
            if (JsonSerializer.Deserialize(item.Data, AnswerJson.Default.ClusterEvent) is not { } e) continue;
            _last = e.Id;
            onEvent(e);
        }
    }
}
