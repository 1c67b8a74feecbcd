using Orleans.Dashboard;

namespace Evergrain.Silo.Admin;

/// <summary>
/// Starts the Orleans dashboard after Orleans and beside everything else: it calls grains, which no call can reach before, and nobody
/// has to wait for it.
/// </summary>
internal sealed class DeferredDashboard(IHostedService dashboard) : IHostedLifecycleService, IAsyncDisposable
{
    private Task _started = Task.CompletedTask;

    /// <summary>Adds the dashboard, with this in the place of its own hosted service.</summary>
    public static void Add(ISiloBuilder orleans)
    {
        var before = orleans.Services.Count;
        orleans.AddDashboard();
        var own = orleans.Services.Skip(before).Where(d => d.ServiceType == typeof(IHostedService)).ToList();
        foreach (var service in own)
        {
            orleans.Services.Remove(service);
            orleans.Services.AddHostedService(provider => new DeferredDashboard((IHostedService)(
                service.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!))));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // It logs its own failures.
        _started = Task.Run(() => dashboard.StartAsync(CancellationToken.None), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => dashboard.StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
        => _started.IsCompleted && dashboard is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
