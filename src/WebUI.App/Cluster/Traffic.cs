using System.Collections.Immutable;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Cluster;

/// <summary>Texts a second of each silo and of each gateway, from counters that only grow; for a minute back.</summary>
internal sealed class Traffic
{
    /// <summary>Seconds that are kept.</summary>
    public const int Seconds = 60;

    /// <summary>What the shares are of: short enough to follow, long enough not to jump.</summary>
    private const int ShareSeconds = 10;

    private readonly Dictionary<(string Gateway, string Silo), long> _counters = [];
    private readonly Queue<ImmutableDictionary<(string Gateway, string Silo), double>> _samples = new();

    /// <summary>Takes the views of one look; call it about once a second.</summary>
    /// <param name="views">Of the gateways that answered.</param>
    /// <param name="elapsed">Since the last look.</param>
    public void Add(IEnumerable<ClusterView> views, TimeSpan elapsed)
    {
        var sample = ImmutableDictionary.CreateBuilder<(string, string), double>();
        foreach (var view in views)
        {
            foreach (var silo in view.Silos)
            {
                var key = (view.Gateway, silo.Name);
                // A smaller number is another start of that gateway; a first one is no traffic of now.
                if (_counters.TryGetValue(key, out var before) && elapsed > TimeSpan.Zero)
                    sample[key] = (silo.AnsweredToThisGateway >= before ? silo.AnsweredToThisGateway - before : silo.AnsweredToThisGateway) / elapsed.TotalSeconds;
                _counters[key] = silo.AnsweredToThisGateway;
            }
        }

        _samples.Enqueue(sample.ToImmutable());
        if (_samples.Count > Seconds) _samples.Dequeue();
    }

    /// <summary>Texts a second that a silo answered, oldest second first.</summary>
    public ImmutableArray<double> OfSilo(string silo) => [.. _samples.Select(s => s.Where(p => p.Key.Silo == silo).Sum(p => p.Value))];

    /// <summary>Its share of the texts of the last seconds, 0 to 1; null where there were none.</summary>
    public double? ShareOfSilo(string silo) => Share(key => key.Silo == silo);

    /// <summary>The same of a gateway.</summary>
    public double? ShareOfGateway(string gateway) => Share(key => key.Gateway == gateway);

    /// <summary>Texts a second of the last seconds.</summary>
    public double PerSecond => Recent.Sum(s => s.Values.Sum()) / Math.Max(1, Math.Min(ShareSeconds, _samples.Count));

    private IEnumerable<ImmutableDictionary<(string Gateway, string Silo), double>> Recent => _samples.TakeLast(ShareSeconds);

    private double? Share(Func<(string Gateway, string Silo), bool> isMeant)
    {
        var all = Recent.SelectMany(s => s).ToList();
        var sum = all.Sum(p => p.Value);
        return sum > 0 ? all.Where(p => isMeant(p.Key)).Sum(p => p.Value) / sum : null;
    }
}
