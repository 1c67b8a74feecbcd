using System.Globalization;

namespace Evergrain.Bench.Latency;

/// <summary>What the command line asks for.</summary>
internal sealed record LatencyOptions
{
    public const string Usage = """
        latency [--model DIR] [--seconds N] [--picture FILE | --idle true]
          --model    model package (models/default)
          --seconds  of each rate (10)
          --picture  SVG file to write
          --idle     true: only what is added where nobody else is there
        """;

    public string Model { get; private init; } = Path.Combine("models", "default");

    public int Seconds { get; private init; } = 10;

    public string? Picture { get; private init; }

    /// <summary>Ends before the loads.</summary>
    public bool Idle { get; private init; }

    /// <returns>Null where it cannot be understood.</returns>
    public static LatencyOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new LatencyOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            switch (args[i])
            {
                case "--model": options = options with { Model = args[i + 1] }; break;
                case "--picture": options = options with { Picture = args[i + 1] }; break;
                case "--idle" when bool.TryParse(args[i + 1], out var idle): options = options with { Idle = idle }; break;
                case "--seconds" when int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0:
                    options = options with { Seconds = seconds };
                    break;
                default: return null;
            }
        }

        return options;
    }
}
