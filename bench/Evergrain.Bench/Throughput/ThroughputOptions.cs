using System.Globalization;

namespace Evergrain.Bench.Throughput;

/// <summary>What the command line asks for.</summary>
internal sealed record ThroughputOptions
{
    public const string Usage = """
        throughput [--model DIR] [--device cpu|cuda:N] [--threads N] [--slots N] [--per-call N] [--in-flight N] [--seconds N] [--warm-up N] [--rounds N]
                   [--bare-tokens N] [--batch-tokens N] [--least c=0.95,d=0.93]
          --model        model package (models/default)
          --device       on which all four compute (cpu)
          --threads      for computing, everywhere (all cores)
          --slots        of the engine, which share the threads (as the engine sees fit)
          --per-call     texts in one call (1)
          --in-flight    calls at the same time (128)
          --seconds      measured, for each of the four in each round (15)
          --bare-tokens  padded tokens in a batch of the runtime alone (512)
          --batch-tokens padded tokens in a batch of the engine (as the engine sees fit)
          --least        least ratio to the runtime alone; below it the exit code is 1
        """;

    public string Model { get; private init; } = Path.Combine("models", "default");

    public string Device { get; private init; } = "cpu";

    public int Threads { get; private init; } = Environment.ProcessorCount;

    public int Slots { get; private init; }

    public int PerCall { get; private init; } = 1;

    public int InFlight { get; private init; } = 128;

    public int Seconds { get; private init; } = 15;

    public int WarmUp { get; private init; } = 3;

    public int Rounds { get; private init; } = 5;

    public int BareTokens { get; private init; } = 512;

    public int BatchTokens { get; private init; }

    /// <summary>By the letter of a target.</summary>
    public IReadOnlyDictionary<char, double> Least { get; private init; } = new Dictionary<char, double>();

    /// <returns>Null where it cannot be understood.</returns>
    public static ThroughputOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new ThroughputOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            var value = args[i + 1];
            if (args[i] == "--model")
            {
                options = options with { Model = value };
                continue;
            }

            if (args[i] == "--device")
            {
                options = options with { Device = value };
                continue;
            }

            if (args[i] == "--least")
            {
                if (ParseLeast(value) is not { } least) return null;
                options = options with { Least = least };
                continue;
            }

            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return null;
            switch (args[i])
            {
                case "--threads": options = options with { Threads = number }; break;
                case "--slots": options = options with { Slots = number }; break;
                case "--per-call": options = options with { PerCall = number }; break;
                case "--in-flight": options = options with { InFlight = number }; break;
                case "--seconds": options = options with { Seconds = number }; break;
                case "--warm-up": options = options with { WarmUp = number }; break;
                case "--rounds": options = options with { Rounds = number }; break;
                case "--bare-tokens": options = options with { BareTokens = number }; break;
                case "--batch-tokens": options = options with { BatchTokens = number }; break;
                default: return null;
            }
        }

        return options;
    }

    private static Dictionary<char, double>? ParseLeast(string text)
    {
        var least = new Dictionary<char, double>();
        foreach (var part in text.Split(','))
        {
            if (part is not [>= 'b' and <= 'd', '=', .. var value] || !double.TryParse(value, CultureInfo.InvariantCulture, out var ratio)) return null;
            least[part[0]] = ratio;
        }

        return least;
    }
}
