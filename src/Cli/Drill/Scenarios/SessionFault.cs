using System.Globalization;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>
/// What the sessions of the test build are told to do wrong: one line in a file that they look for before each run. It names the process that it is
/// meant for, so the next process of that silo is healthy whether or not the file is still there; every other build never looks.
/// </summary>
/// <param name="Kind">One of the words below.</param>
/// <param name="ProcessId">Whose sessions.</param>
/// <param name="MostRows">For <see cref="OutOfMemory"/>: the largest batch that still fits.</param>
internal sealed record SessionFault(string Kind, int ProcessId, int MostRows = 0)
{
    /// <summary>Every row gets the same logits: surely the last label.</summary>
    public const string Constants = "constants";

    /// <summary>Every logit is no number.</summary>
    public const string NotANumber = "nan";

    /// <summary>Every run throws from now on, as a CUDA context does that has failed once.</summary>
    public const string Sticky = "sticky";

    /// <summary>No run returns.</summary>
    public const string Hang = "hang";

    /// <summary>Larger batches do not fit into the device's memory.</summary>
    public const string OutOfMemory = "oom";

    /// <param name="stateFolder">The cluster's.</param>
    /// <param name="silo">Whose sessions.</param>
    public static string FileOf(string stateFolder, string silo) => Path.Combine(stateFolder, "faults", silo);

    /// <exception cref="FormatException">It is none.</exception>
    public static SessionFault Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [Constants or NotANumber or Sticky or Hang, var process] => new(words[0], Number(process)),
            [OutOfMemory, var process, var rows] => new(words[0], Number(process), Number(rows)),
            _ => throw new FormatException($"'{line}' is no fault of a session"),
        };
    }

    public override string ToString()
        => Kind == OutOfMemory ? string.Create(CultureInfo.InvariantCulture, $"{Kind} {ProcessId} {MostRows}") : string.Create(CultureInfo.InvariantCulture, $"{Kind} {ProcessId}");

    private static int Number(string word) => int.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
