using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Evergrain.Tls;

namespace Evergrain.Bench.Tls;

/// <summary>What mutual TLS between gateway and silo costs: predictions a second over HTTP, with and without it, in turns.</summary>
internal static class TlsBench
{
    public const string Usage = "tls [--model DIR] [--seconds N] [--rounds N] [--least 0.95]";

    private const int TextCount = 4096;

    /// <returns>0 where the ratio is kept, 1 where not, 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var at = Array.IndexOf(args, "--least");
        var least = at >= 0 && at + 1 < args.Length && double.TryParse(args[at + 1], System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : 0.95;
        string[] others = at < 0 ? args : [.. args[..at], .. args[(at + 2)..]];
        if (ThroughputOptions.Parse(others) is not { } options)
        {
            Console.Error.WriteLine($"usage: {Usage}");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("evergrain-bench-").FullName;
        try
        {
            var (authority, _) = CertificateMaker.Authority(folder, TimeProvider.System);
            using (authority)
            {
                foreach (var role in Enum.GetValues<TlsRole>()) CertificateMaker.Issue(folder, role, "bench", TimeSpan.FromDays(1), authority, TimeProvider.System);
            }

            return await MeasureAsync(options, folder, least, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(ThroughputOptions options, string folder, double least, CancellationToken cancellationToken)
    {
        var package = ModelPackage.Load(options.Model, cancellationToken);
        var work = Workload.Of(
            package, ReviewTexts.Create(TextCount), options.PerCall, options.InFlight, TimeSpan.FromSeconds(options.WarmUp), TimeSpan.FromSeconds(options.Seconds));
        await using var plainPair = await ServingPair.StartAsync(options, cancellationToken);
        await using var securedPair = await ServingPair.StartAsync(options, cancellationToken, folder);
        await using var plain = new HttpTarget(plainPair);
        await using var secured = new HttpTarget(securedPair);
        var rounds = new List<(Measured Plain, Measured Secured)>();
        for (var round = 0; round < options.Rounds; round++)
        {
            rounds.Add((await plain.RunAsync(work, cancellationToken), await secured.RunAsync(work, cancellationToken)));
            Console.WriteLine($"round {round + 1}: plain {rounds[^1].Plain.Rate:F0} texts/s, TLS {rounds[^1].Secured.Rate:F0}");
        }

        var ratio = Rounds.Median(rounds, r => r.Secured.Rate / r.Plain.Rate);
        Console.WriteLine($"{(ratio >= least ? "PASS" : "FAIL")}: with TLS {ratio:F3} of the predictions a second without; the line is {least:F2}");
        return ratio >= least ? 0 : 1;
    }
}
