namespace Evergrain.Silo.LoadReports;

/// <summary>A call that does nothing, on the same activation as <see cref="ILoadReportGrain"/>.</summary>
[Alias("evergrain.IWarmGrain")]
internal interface IWarmGrain : IGrainWithIntegerKey
{
    [Alias("warm")]
    Task WarmAsync();
}
