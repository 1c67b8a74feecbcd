using Evergrain.Silo.Lifecycle;
using Orleans.Concurrency;

namespace Evergrain.Silo.Admin;

/// <summary>Drain and undrain for who is connected to this silo: a gateway that an operator's key came to.</summary>
[StatelessWorker(1, removeIdleWorkers: false), Reentrant]
internal sealed partial class OperationsGrain(EngineHost host, ILogger<OperationsGrain> logger) : Grain, IOperationsGrain
{
    public Task<string?> DrainAsync(string by)
    {
        Log.Asked(logger, "Drain", by);
        return Task.FromResult(host.DrainByOperator());
    }

    public Task<string?> UndrainAsync(string by)
    {
        Log.Asked(logger, "Undrain", by);
        return Task.FromResult(host.UndrainByOperator());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Action} asked for by the operator '{By}'")]
        public static partial void Asked(ILogger logger, string action, string by);
    }
}
