using System.Net.Http.Json;
using Evergrain.Cli.Commands;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// Finds out when a node serves: a prediction has succeeded through every one of its gateways, and every silo has got as far as it
/// will: ready, or failed while the others serve. Without gateways, its silos say that they are ready. Its web pages say so too.
/// </summary>
internal sealed class ReadyCheck : IDisposable
{
    private const string Text = "这个产品太棒了!";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PredictTimeout = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<ChildSpec> _children;
    private readonly SupervisorOptions _options;
    private readonly TimeProvider _time;
    private readonly HealthProbe _probe;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = PredictTimeout };
    private readonly Dictionary<string, string> _problems = [];
    private bool _hasGateways;
    private volatile bool _siloFailed;

    /// <param name="children">Of the node.</param>
    /// <param name="key">The node's own, for gateways that ask for one.</param>
    /// <param name="options">Its times.</param>
    /// <param name="time">The clock.</param>
    public ReadyCheck(IReadOnlyList<ChildSpec> children, string? key, SupervisorOptions options, TimeProvider time)
    {
        (_children, _options, _time) = (children, options, time);
        _probe = new HealthProbe(options.ProbeTimeout);
        _http.Authorize(key);
    }

    /// <param name="explain">Called once if a silo fails or it takes long, with what each process lacks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitAsync(Func<IReadOnlyDictionary<string, string>, Task> explain, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var explained = false;
        _hasGateways = _children.Any(c => c.Kind == ChildSpec.Gateway);
        // Silos too: a caller who reads `ready` and kills one at once expects that the other serves.
        List<ChildSpec> waiting = [.. _children];
        while (true)
        {
            var served = await Task.WhenAll(waiting.Select(child => ServesAsync(child, cancellationToken)));
            waiting = [.. waiting.Where((_, i) => !served[i])];
            if (waiting.Count == 0)
                return;
            var late = _time.GetElapsedTime(start) >= _options.ExplainAfter;
            if (!explained && (late || _siloFailed))
            {
                explained = true;
                await explain(await ReasonsAsync(waiting, cancellationToken));
            }
            // A silo or a page that does not come up at all must not hide that the others serve.
            if (late && _hasGateways)
                waiting.RemoveAll(c => c.Kind != ChildSpec.Gateway);
            await Task.Delay(Interval, _time, cancellationToken);
        }
    }

    public void Dispose()
    {
        _probe.Dispose();
        _http.Dispose();
    }

    private async Task<bool> ServesAsync(ChildSpec child, CancellationToken cancellationToken)
    {
        if (child.Kind != ChildSpec.Gateway)
        {
            if (await _probe.AnswersAsync(child.Health, "/health/ready", cancellationToken))
                return true;
            var status = _hasGateways && child.Kind == ChildSpec.Silo ? await _probe.ReadAsync<SiloStatus>(child.Health, SiloStatus.Path, cancellationToken) : null;
            if (status?.State != "failed")
                return false;
            _siloFailed = true;
            return true;
        }
        try
        {
            using var response = await _http.PostAsJsonAsync(new Uri(child.Health, "/predict"), new { text = Text }, cancellationToken);
            if (response.IsSuccessStatusCode)
                return true;
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            Remember(child, $"POST /predict answers {(int)response.StatusCode} {(body.Length <= 300 ? body : body[..300])}".TrimEnd());
        }
        catch (Exception e) when (e is HttpRequestException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Remember(child, e is OperationCanceledException ? "POST /predict does not answer" : $"POST /predict: {e.Message}");
        }
        return false;
    }

    private void Remember(ChildSpec child, string problem)
    {
        lock (_problems)
            _problems[child.Name] = problem;
    }

    /// <summary>What the gateways that still wait answer, and what every silo says of itself.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ReasonsAsync(List<ChildSpec> waiting, CancellationToken cancellationToken)
    {
        var reasons = new Dictionary<string, string>();
        lock (_problems)
        {
            foreach (var child in waiting)
                reasons[child.Name] = _problems.GetValueOrDefault(child.Name, "");
        }
        foreach (var silo in _children.Where(c => c.Kind == ChildSpec.Silo))
        {
            var status = await _probe.ReadAsync<SiloStatus>(silo.Health, SiloStatus.Path, cancellationToken);
            reasons[silo.Name] = status?.Name == silo.Name ? $"{status.State}{(status.Reason is { } reason ? $": {reason}" : "")}" : "does not answer";
        }
        return reasons;
    }
}
