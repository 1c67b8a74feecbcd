using System.Collections.Immutable;
using Evergrain.Engine.Batching;
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

    /// <summary>The devices that a configuration means: "auto" stands for every CUDA device that this build and machine have, and for the CPU where there is
    /// none.</summary>
    public static ImmutableArray<string> DevicesOf(ImmutableArray<string> named)
        => DeviceSpec.Resolve(named, () => CudaDevices.IsBuiltIn ? CudaDevices.Count() : 0);

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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Cores, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Slots, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.BatchTokens, nameof(options));
        var devices = DevicesOf(options.Devices).Select(device => DeviceSpec.Parse(device) with { CudaMemory = options.CudaMemory }).ToArray(); // before the hashes of a large file are computed
        var package = ModelPackage.Load(options.ModelPath, cancellationToken);
        var cores = Math.Max(1, options.Cores / Math.Max(1, devices.Count(device => device.CudaId is null)));
        var slots = new List<OpenSlot>(devices.Length);
        try
        {
            foreach (var device in devices)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var cpu = device.CudaId is null;
                var first = slots.Count;
                OpenWith(options.Threads > 0 ? options.Threads : cpu ? 1 : cores);
                if (cpu && options.Threads == 0 && QuickThreads(package, slots[first].Session, cores, time) is > 1 and var threads)
                {
                    slots[first].Session.Dispose();
                    slots.RemoveAt(first);
                    OpenWith(threads);
                }

                if (!cpu && options.BatchTokens == 0)
                    slots[first] = slots[first] with { Budget = BatchBudget.For(cpu, SlotPlan.CudaBatchTokens(slots[first].FirstRate)) };
                var count = options.Slots > 0 ? options.Slots : cpu ? SlotPlan.Slots(cores, slots[first].Threads) : SlotPlan.CudaSlots;
                while (slots.Count < first + count) slots.Add(slots[first] with { Session = slots[first].Session.Share() });

                void OpenWith(int number)
                {
                    slots.Add(new OpenSlot(device.ToString(), open(package, device, number), BatchBudget.For(cpu, options.BatchTokens), 0, number));
                    slots[first] = slots[first] with { FirstRate = Prove(package, device, slots[first], time, cancellationToken) };
                }
            }

            return new BatchingEngine(package, options, slots, time);
        }
        catch
        {
            foreach (var slot in slots) slot.Session.Dispose();
            throw;
        }
    }

    /// <summary>Threads that make a single text quick, from its time on one.</summary>
    private static int QuickThreads(ModelPackage package, IModelSession session, int cores, TimeProvider time)
    {
        if (cores == 1) return 1;
        var trial = new SessionTrial(package, session, time);
        trial.Measure(rows: 1, SlotPlan.TextTokens, runs: 1);
        return SlotPlan.Threads(TimeSpan.FromSeconds(1 / trial.Measure(rows: 1, SlotPlan.TextTokens, runs: 3).TextsPerSecond), cores);
    }

    /// <returns>Tokens per second.</returns>
    private static double Prove(
        ModelPackage package, DeviceSpec device, OpenSlot slot, TimeProvider time, CancellationToken cancellationToken)
    {
        var trial = new SessionTrial(package, slot.Session, time);
        trial.RequireKnownAnswers(device, cancellationToken);
        trial.RunLongest(); // the largest buffers are made now, not under the first long text
        cancellationToken.ThrowIfCancellationRequested();
        var rows = Math.Clamp(slot.Budget.Tokens / MeasuredLength, 1, MeasuredRows);
        trial.Measure(rows, MeasuredLength, runs: 1);
        return trial.Measure(rows, MeasuredLength, runs: 1).TokensPerSecond;
    }
}
