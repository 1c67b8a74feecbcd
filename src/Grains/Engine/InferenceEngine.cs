using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine;

/// <summary>Opens engines.</summary>
public static class InferenceEngine
{
    /// <summary>Tokens in the batch that measures the first drain rate: enough for a device to show what it can do, little enough
    /// for a large model on a CPU to be done with in a second.</summary>
    private const int MeasuredRows = 16;

    private const int MeasuredLength = 32;

    /// <summary>Checks the package's hashes, opens a session per device, asks the known answers and measures the first drain
    /// rate.</summary>
    /// <exception cref="ModelRefusedException">Wrong hash, missing file, wrong known answer, missing device.</exception>
    public static Task<IInferenceEngine> OpenAsync(EngineOptions options, TimeProvider time, CancellationToken cancellationToken = default)
        => OpenWithAsync(options, time, OnnxSession.Open, cancellationToken);

    /// <summary>The same with sessions of the caller's.</summary>
    internal static Task<IInferenceEngine> OpenWithAsync(
        EngineOptions options, TimeProvider time, SessionFactory open, CancellationToken cancellationToken = default)
        // A thread of its own: loading takes seconds and does not yield.
        => Task.Factory.StartNew<IInferenceEngine>(
            () => Open(options, time, open, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static BatchingEngine Open(EngineOptions options, TimeProvider time, SessionFactory open, CancellationToken cancellationToken)
    {
        if (options.Devices.IsDefaultOrEmpty) throw new ModelRefusedException("No device is named: write cpu, or cuda:0.");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        var devices = options.Devices.Select(DeviceSpec.Parse).ToArray(); // before the hashes of a large file are computed
        var package = ModelPackage.Load(options.ModelPath, cancellationToken);
        var slots = new List<OpenSlot>(devices.Length);
        try
        {
            foreach (var device in devices)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var session = open(package, device, options.Threads);
                slots.Add(new OpenSlot(device.ToString(), session, 0));
                slots[^1] = slots[^1] with { FirstRate = Prove(package, device, session, options, time, cancellationToken) };
            }

            return new BatchingEngine(package, options, slots, time);
        }
        catch
        {
            foreach (var slot in slots) slot.Session.Dispose();
            throw;
        }
    }

    /// <returns>Tokens per second.</returns>
    private static double Prove(
        ModelPackage package,
        DeviceSpec device,
        IModelSession session,
        EngineOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var trial = new SessionTrial(package, session, time);
        trial.RequireKnownAnswers(device, cancellationToken);
        trial.RunLongest(); // the largest buffers are made now, not under the first long text
        cancellationToken.ThrowIfCancellationRequested();
        var rows = Math.Clamp(options.BatchTokens / MeasuredLength, 1, MeasuredRows);
        trial.Measure(rows, MeasuredLength, runs: 1);
        return trial.Measure(rows, MeasuredLength, runs: 1).TokensPerSecond;
    }
}
