using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Bench.Sessions;

/// <summary>ONNX Runtime's settings side by side: threads, waiting by spinning, memory arena, memory pattern, in batches and text by text; and the size of
/// a batch.</summary>
internal static class SessionBench
{
    private const int TextCount = 2048;
    private const int BatchTokens = 512;
    private const int Repeats = 3;

    private static readonly int[] Budgets = [1, 64, 128, 256, 512, 1024, 2048, 4096, 16384];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(string model, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Load(model, cancellationToken);
        var cores = Environment.ProcessorCount;
        Console.WriteLine($"{model} ({package.Identity.Version}), {cores} cores; {Repeats} rounds of {Length.TotalSeconds:F0} s each, medians");
        (string Name, Func<SessionOptions> Options)[] settings =
        [
            ("1 thread", () => BareRuntime.Plain(1)),
            ($"{cores} threads, spinning", () => BareRuntime.Plain(cores)),
            ($"{cores} threads", () => Quiet(cores)),
            ("1 thread, no arena", () => With(1, options => options.EnableCpuMemArena = false)),
            ("1 thread, no memory pattern", () => With(1, options => options.EnableMemoryPattern = false)),
            ($"{cores} threads, no arena", () => With(cores, options => options.EnableCpuMemArena = false)),
            ($"{cores} threads, no memory pattern", () => With(cores, options => options.EnableMemoryPattern = false)),
        ];
        var work = Workload.Of(package, ReviewTexts.Create(TextCount), perCall: 1, inFlight: 1, WarmUp, Length);
        await BudgetsAsync(package, work, cancellationToken);
        var rounds = new List<Dictionary<(string, int), Measured>>();
        for (var round = 0; round < Repeats; round++)
        {
            var found = new Dictionary<(string, int), Measured>();
            foreach (var (name, options) in settings)
            {
                foreach (var budget in new[] { BatchTokens, 1 })
                {
                    await using var target = new BareRuntime(name, package, options(), budget);
                    found[(name, budget)] = await target.RunAsync(work, cancellationToken);
                }
            }

            rounds.Add(found);
        }

        Console.WriteLine();
        Console.WriteLine("                             | in batches |               | one by one |");
        Console.WriteLine("                             |   tokens/s | CPU µs a text |   tokens/s | CPU µs a text");
        Console.WriteLine("-----------------------------|------------|---------------|------------|--------------");
        foreach (var (name, _) in settings)
        {
            Console.WriteLine($"{name,-28} | {Of(BatchTokens, m => m.TokenRate),10:F0} | {Of(BatchTokens, m => m.Processor * 1e6),13:F0} | {Of(1, m => m.TokenRate),10:F0} | {Of(1, m => m.Processor * 1e6),13:F0}");
            double Of(int budget, Func<Measured, double> figure) => Rounds.Median(rounds, round => figure(round[(name, budget)]));
        }
    }

    /// <summary>Batches of neighbours in length, by their budget: a larger one has fewer calls, and what it computes with leaves the caches.</summary>
    private static async Task BudgetsAsync(ModelPackage package, Workload work, CancellationToken cancellationToken)
    {
        var rounds = new List<Dictionary<int, Measured>>();
        for (var round = 0; round < Repeats; round++)
        {
            var found = new Dictionary<int, Measured>();
            foreach (var budget in Budgets)
            {
                await using var target = new BareRuntime("", package, Quiet(1), budget);
                found[budget] = await target.RunAsync(work, cancellationToken);
            }

            rounds.Add(found);
        }

        Console.WriteLine();
        Console.WriteLine("padded tokens of a batch, 1 thread | tokens/s");
        Console.WriteLine("-----------------------------------|---------");
        foreach (var budget in Budgets) Console.WriteLine($"{(budget == 1 ? "one text" : budget),34} | {Rounds.Median(rounds, round => round[budget].TokenRate),8:F0}");
    }

    /// <summary>As the engine sets it.</summary>
    private static SessionOptions Quiet(int threads) => With(threads, _ => { });

    private static SessionOptions With(int threads, Action<SessionOptions> set)
    {
        var options = BareRuntime.Plain(threads);
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        set(options);
        return options;
    }
}
