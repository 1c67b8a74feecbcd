using System.Collections.Immutable;

namespace Evergrain.Cli.Supervision;

/// <summary>All children of one node: starts them together, stops them in order.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private readonly SupervisorOptions _options;
    private readonly TimeProvider _time;
    private readonly HealthProbe _probe;

    public Supervisor(IEnumerable<ChildSpec> specs, StateFolder folder, SupervisorOptions options, TextWriter output, TimeProvider time)
    {
        _options = options;
        _time = time;
        _probe = new HealthProbe(options.ProbeTimeout);
        Children = [.. specs.Select(spec => new ManagedChild(spec, folder, options, _probe, output, time))];
    }

    public ImmutableArray<ManagedChild> Children { get; }

    public IEnumerable<ProcessReport> Reports => Children.Select(c => c.Report);

    /// <summary>The child of that name; null where there is none.</summary>
    public ManagedChild? Find(string name) => Children.FirstOrDefault(c => c.Spec.Name == name);

    public void Start()
    {
        foreach (var child in Children)
            child.Start();
    }

    /// <summary>Makes every child that runs read the YAML anew.</summary>
    /// <returns>How many.</returns>
    public int Reload() => Children.Select(child => child.Reload()).ToList().Count(told => told);

    /// <summary>Gateways and web pages first, then silos, then SIGKILL for whoever is left.</summary>
    /// <param name="now">Cancelled when a person insists: no more waiting.</param>
    public async Task StopAsync(CancellationToken now = default)
    {
        var start = _time.GetTimestamp();
        var fronts = Children.Where(c => c.Spec.Kind != ChildSpec.Silo).ToList();
        fronts.ForEach(c => c.Terminate());
        await EndedAsync(fronts, _options.GatewayGrace, now);

        foreach (var child in Children)
            child.Terminate();
        await EndedAsync(Children, _options.KillAfter - _time.GetElapsedTime(start), now);

        foreach (var child in Children)
            child.Kill();
        await Task.WhenAll(Children.Select(c => c.Ended));
    }

    /// <summary>Leaves no child behind, whatever brought us here.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        foreach (var child in Children)
            child.Dispose();
        _probe.Dispose();
    }

    private async Task EndedAsync(IEnumerable<ManagedChild> children, TimeSpan limit, CancellationToken now)
    {
        try
        {
            var all = Task.WhenAll(children.Select(c => c.Ended));
            await all.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, _time, now);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Whoever is left is dealt with in the next step.
        }
    }
}
