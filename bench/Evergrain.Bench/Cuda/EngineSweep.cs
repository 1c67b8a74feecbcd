using System.Globalization;
using Evergrain.Bench.Throughput;
using Evergrain.Engine;
using Evergrain.Engine.Models;

namespace Evergrain.Bench.Cuda;

/// <summary>The engine on a CUDA device at saturation, by the number of slots and the size of a batch: a second slot fills the device while the first
/// one's texts are gathered and its answers are handed out.</summary>
internal static class EngineSweep
{
    private const int TextCount = 4096;
    private const int InFlight = 512;

    private static readonly int[] Slots = [1, 2, 3];
    private static readonly int[] Budgets = [4096, 8192, 16384];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static async Task RunAsync(string model, int device, TimeSpan length, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Load(model, cancellationToken);
        var work = Workload.Of(package, ReviewTexts.Create(TextCount), perCall: 1, InFlight, WarmUp, length);
        Console.WriteLine();
        Console.WriteLine($"{model} on cuda:{device}, {InFlight} texts in flight; tokens/s, p50 ms");
        Console.WriteLine($"padded tokens of a batch  {string.Concat(Budgets.Select(budget => $"| {budget,19} "))}");
        var bare = new List<string>();
        foreach (var budget in Budgets)
        {
            await using var target = new BareRuntime("", package, BareRuntime.Plain(1, device), budget);
            var measured = await target.RunAsync(work, cancellationToken);
            bare.Add(string.Create(CultureInfo.InvariantCulture, $"| {measured.TokenRate,9:F0}           "));
        }

        Console.WriteLine($"ONNX Runtime alone        {string.Concat(bare)}");
        foreach (var slots in Slots)
        {
            var cells = new List<string>();
            foreach (var budget in Budgets)
            {
                var options = new EngineOptions
                {
                    ModelPath = model,
                    Devices = [$"cuda:{device}"],
                    Cores = slots,
                    Threads = 1,
                    Slots = slots,
                    BatchTokens = budget,
                    Limits = new(new EngineLimits { MaxQueueWait = TimeSpan.FromMinutes(1) }),
                };
                await using var target = new EngineTarget(await InferenceEngine.OpenAsync(options, TimeProvider.System, cancellationToken));
                var measured = await target.RunAsync(work, cancellationToken);
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"| {measured.TokenRate,9:F0} {measured.Percentile(0.5),6:F1} ms "));
            }

            Console.WriteLine($"engine, {slots} slot{(slots > 1 ? "s" : " ")}           {string.Concat(cells)}");
        }
    }
}
