using System.Globalization;

namespace Evergrain.Bench.Baseline;

/// <summary>What the command line asks for.</summary>
internal sealed record BaselineOptions
{
    public const string Usage = """
        baseline --checkpoint DIR --package DIR [--rounds N] [--seconds N] [--steps N] [--characters N] [--least N]
          --checkpoint   the model as torch reads it (tools/model/random_bert.py makes one)
          --package      what tools/model/export.py made of it, with int8/ and fp32/
          --rounds       interleaved measurements of each (5)
          --seconds      of one rate (8)
          --steps        rates that are tried for a capacity (6)
          --characters   of the longest text (250)
          --least        least ratio of the capacities, int8 to the old stack (4)
        """;

    public required string Checkpoint { get; init; }

    public required string Package { get; init; }

    public int Rounds { get; init; } = 5;

    public int Seconds { get; init; } = 8;

    public int Steps { get; init; } = 6;

    public int Characters { get; init; } = 250;

    public int Least { get; init; } = 4;

    /// <returns>Null where it cannot be understood.</returns>
    public static BaselineOptions? Parse(ReadOnlySpan<string> args)
    {
        var options = new BaselineOptions { Checkpoint = "", Package = "" };
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return null;
            var value = args[i + 1];
            if (args[i] is "--checkpoint" or "--package")
            {
                options = args[i] == "--package" ? options with { Package = value } : options with { Checkpoint = value };
                continue;
            }

            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return null;
            switch (args[i])
            {
                case "--rounds": options = options with { Rounds = number }; break;
                case "--seconds": options = options with { Seconds = number }; break;
                case "--steps": options = options with { Steps = number }; break;
                case "--characters": options = options with { Characters = number }; break;
                case "--least": options = options with { Least = number }; break;
                default: return null;
            }
        }

        return options.Checkpoint.Length > 0 && options.Package.Length > 0 ? options : null;
    }
}
