using Evergrain.Hosting;
using Evergrain.Silo.LoadReports;

namespace Evergrain.Silo.Lifecycle;

/// <summary>
/// Calls this silo's grains from this silo, so that their directory entries are cached here. A first call for a key may ask the part of
/// the directory that another silo holds, and that silo may be the frozen one.
/// </summary>
internal sealed partial class GrainWarmer(IGrainFactory grains, ProcessIdentity identity, TimeProvider time, ILogger<GrainWarmer> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Answers when all were called; a call that fails is logged, not thrown: cold is slow, not wrong.</summary>
    public Task WarmAsync(CancellationToken cancellationToken) => Task.WhenAll(
        WarmAsync(
            nameof(IInferenceGrain),
            token => grains.GetGrain<IInferenceGrain>(identity.Config.Model.Name)
                .PredictAsync(new() { Texts = [], TimeLeft = Limit, Lane = Lane.Bulk }, token),
            cancellationToken),
        WarmAsync(nameof(IPoisonGrain), _ => grains.GetGrain<IPoisonGrain>(0).RefuseAsync([]), cancellationToken),
        WarmAsync(nameof(ILoadReportGrain), _ => grains.GetGrain<IWarmGrain>(0).WarmAsync(), cancellationToken));

    private async Task WarmAsync(string grain, Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await call(either.Token).WaitAsync(either.Token);
        }
#pragma warning disable CA1031
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Cold(logger, grain, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Grain} could not be warmed")]
        public static partial void Cold(ILogger logger, string grain, Exception exception);
    }
}
