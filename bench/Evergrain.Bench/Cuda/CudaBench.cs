using System.Diagnostics;
using System.Globalization;

namespace Evergrain.Bench.Cuda;

/// <summary>A CUDA device and the ways to feed it: precision, memory that the device can read by itself, inputs and outputs bound to buffers that stay on the
/// device, and the whole run as one CUDA graph; for one text and for full batches.</summary>
internal static class CudaBench
{
    public const string Usage = """
        cuda PACKAGES [--device N] [--seconds N]
          PACKAGES   folder with fp32 and fp16, as tools/model/export.py writes it
          --device   number of the CUDA device (0)
          --seconds  measured, for each line and size (1)
        """;

    private static readonly (int Rows, int Length)[] Sizes = [(1, 32), (8, 64), (64, 64), (128, 128)];

    private static readonly (string Name, string Package, bool Tf32, Feeding Feeding)[] Ways =
    [
        ("fp32", "fp32", false, Feeding.Plain),
        ("fp32, TF32 products", "fp32", true, Feeding.Plain),
        ("fp16", "fp16", false, Feeding.Plain),
        ("fp16, pinned memory", "fp16", false, Feeding.Pinned),
        ("fp16, bound buffers", "fp16", false, Feeding.Bound),
        ("fp16, CUDA graph", "fp16", false, Feeding.Graph),
        ("fp32, CUDA graph", "fp32", false, Feeding.Graph),
    ];

    /// <returns>0; 1 where no way ran; 2 where the arguments cannot be understood.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is not [{ } packages, .. var rest] || rest.Length % 2 != 0) return Misunderstood();
        var (device, seconds) = (0, 1);
        for (var i = 0; i < rest.Length; i += 2)
        {
            if (!int.TryParse(rest[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Misunderstood();
            if (rest[i] == "--device") device = number;
            else if (rest[i] == "--seconds" && number > 0) seconds = number;
            else return Misunderstood();
        }

        Console.WriteLine($"{packages} on cuda:{device}; milliseconds a run, median, and tokens/s; in parentheses the farthest logit from the first line's");
        Console.WriteLine($"                       {string.Concat(Sizes.Select(size => $"| {size.Rows,3} × {size.Length,3} tokens                  "))}");
        var expected = new Dictionary<(int, int), float[]>();
        var ran = 0;
        foreach (var way in Ways)
        {
            try
            {
                using var fed = new FedSession(Path.Combine(packages, way.Package, "model.onnx"), device, way.Tf32, way.Feeding);
                var cells = Sizes.Select(size => Measure(fed, size, expected, TimeSpan.FromSeconds(seconds), cancellationToken)).ToList();
                Console.WriteLine($"{way.Name,-22} {string.Concat(cells)}");
                ran++;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Console.WriteLine($"{way.Name,-22} | does not run: {e.Message.Split('\n')[0]}");
            }
        }

        if (ran == 0) return 1;
        await EngineSweep.RunAsync(Path.Combine(packages, "fp16"), device, TimeSpan.FromSeconds(2 * seconds), cancellationToken);
        return 0;
    }

    private static string Measure(
        FedSession fed, (int Rows, int Length) size, Dictionary<(int, int), float[]> expected, TimeSpan length, CancellationToken cancellationToken)
    {
        using var run = fed.Prepare(size.Rows, size.Length);
        for (var i = 0; i < 5; i++) run.Once();
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < length || times.Count < 10)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = Stopwatch.GetTimestamp();
            run.Once();
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        times.Sort();
        var median = times[times.Count / 2];
        var logits = run.Logits;
        if (!expected.TryGetValue(size, out var first)) expected[size] = first = logits;
        var off = first.Zip(logits, (a, b) => Math.Abs(a - b)).Max();
        return string.Create(CultureInfo.InvariantCulture, $"| {median,7:F3} {size.Rows * size.Length / median * 1000,9:F0} ({off:E1}) ");
    }

    private static int Misunderstood()
    {
        Console.Error.WriteLine($"usage: {Usage}");
        return 2;
    }
}
