using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Gateways;

/// <summary>The host that this page came from. The page needs it no more once it runs; it only tells a person why a reload would fail.</summary>
internal sealed class PageHost(HttpClient http, TimeProvider time)
{
    private const int LooksApart = 5;

    private int _looks;

    /// <summary>It answers.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Losses and returns, oldest first.</summary>
    public ImmutableList<GatewayChange> Changes { get; private set; } = [];

    /// <summary>Looks at every fifth call.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        if (_looks++ % LooksApart != 0) return IsUp;
        bool up;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await http.GetAsync("health/live", limit.Token);
            up = response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            up = false;
        }

        if (up != IsUp) Changes = Changes.Add(new GatewayChange(time.GetUtcNow(), "", up));
        return IsUp = up;
    }
}
