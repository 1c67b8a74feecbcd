using Evergrain.Engine;

namespace Evergrain.Silo.Lifecycle;

/// <summary>Opens engines on the devices that this silo may use, and ends the silo when one of them fails.</summary>
internal sealed partial class EngineOpener(
    OpenEngine open, EngineOptions options, DeviceFailures failures, ServedEngine served, EngineHost host, DeviceExit exit, TimeProvider time,
    ILogger<EngineOpener> logger)
{
    /// <summary>Opens the model at <paramref name="path"/>.</summary>
    /// <exception cref="ModelRefusedException">The package or a device cannot serve, or every device stays out.</exception>
    public async Task<IInferenceEngine> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var stayOut = failures.Out;
        foreach (var reason in stayOut.Values) Log.StaysOut(logger, reason);
        var devices = options.Devices.RemoveAll(stayOut.ContainsKey);
        if (devices.IsEmpty && options.CpuFallback && !stayOut.ContainsKey("cpu")) devices = ["cpu"];
        if (devices.IsEmpty) throw new ModelRefusedException($"No device is left: {string.Join("; ", stayOut.Values)}. After a repair: evergrain restart this silo.");
        var engine = await open(options with { ModelPath = path, Devices = devices }, time, cancellationToken);
        Log.Opened(logger, engine.Plan);
        return engine;
    }

    /// <summary>Ends the silo when this engine fails while it is served. To be called once it is: it may have failed before.</summary>
    public void Watch(IInferenceEngine engine) => _ = WatchAsync(engine);

    private async Task WatchAsync(IInferenceEngine engine)
    {
        var failure = await engine.Failed;
        if (served.Current != engine) return;
        Log.Failed(logger, failure.Device, failure.Reason);
        failures.Add(failure.Device, failure.Reason);
        host.Fail($"the device {failure.Device} failed: {failure.Reason}");
        exit.Begin();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The model is open on {Plan}")]
        public static partial void Opened(ILogger logger, string plan);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
        public static partial void StaysOut(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Critical, Message = "The device {Device} failed: {Reason}; this process ends, so that a new one can begin with a clean device")]
        public static partial void Failed(ILogger logger, string device, string reason);
    }
}
