using Orleans.Concurrency;

namespace Evergrain.Silo.LoadReports;

/// <summary>The way in to this silo's <see cref="LoadReportPublisher"/>. A stateless worker runs on the silo that the caller is connected
/// to, which is the one whose reports it wants; reentrant, so that no subscriber waits for another.</summary>
[StatelessWorker(1, removeIdleWorkers: false), Reentrant]
internal sealed class LoadReportGrain(LoadReportPublisher publisher) : Grain, ILoadReportGrain
{
    public Task<LoadReport> SubscribeAsync(ILoadReportObserver observer, CancellationToken cancellationToken = default)
        => Task.FromResult(publisher.Subscribe(observer));
}
