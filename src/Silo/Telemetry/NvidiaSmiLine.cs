using System.Globalization;

namespace Evergrain.Silo.Telemetry;

/// <summary>One device as one line of nvidia-smi tells of it. What it does not tell, or tells beyond reason, is null: [N/A], [Not Supported], 250 %.</summary>
/// <param name="Index">nvidia-smi's number of the device.</param>
/// <param name="Load">0..1.</param>
/// <param name="MemoryUsed">Bytes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="EccErrors">Uncorrected ones since the driver was loaded.</param>
internal sealed record NvidiaSmiLine(int Index, double? Load, long? MemoryUsed, long? MemoryTotal, double? Temperature, long? EccErrors)
{
    /// <summary>The fields, for --query-gpu.</summary>
    public const string Fields = "index,utilization.gpu,memory.used,memory.total,temperature.gpu,ecc.errors.uncorrected.volatile.total";

    private const int FieldCount = 6;

    /// <summary>More than any machine has; a bound, so that rubbish does not fill the memory.</summary>
    private const long MaxIndex = 255;

    private const long MiB = 1 << 20;
    private const long MaxMiB = long.MaxValue / MiB;
    private const long MaxCelsius = 200;

    /// <returns>Null where the line is no reading.</returns>
    public static NvidiaSmiLine? Parse(string line)
    {
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (fields.Length != FieldCount || Number(fields[0], MaxIndex) is not { } index) return null;
        var total = Number(fields[3], MaxMiB) is { } mebibytes and > 0 ? mebibytes * MiB : (long?)null;
        var used = Number(fields[2], MaxMiB) * MiB;
        return new(
            (int)index,
            Number(fields[1], 100) / 100.0,
            used > total ? null : used,
            total,
            Number(fields[4], MaxCelsius),
            Number(fields[5], long.MaxValue));
    }

    /// <summary>Digits and nothing else, as nvidia-smi prints numbers without units.</summary>
    private static long? Number(string text, long most)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : null;
}
