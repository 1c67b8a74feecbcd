using System.Globalization;

namespace Evergrain.Silo.Telemetry;

/// <summary>One line of nvidia-smi's CSV: one device. A value that is "[N/A]", no number or out of range is not known.</summary>
/// <param name="Index">Number of the device, that of cuda:N.</param>
/// <param name="Load">0..1.</param>
/// <param name="MemoryUsed">Bytes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Temperature">Degrees Celsius.</param>
/// <param name="EccErrors">Uncorrected since the driver was loaded.</param>
internal sealed record NvidiaSmiLine(int Index, double? Load, long? MemoryUsed, long? MemoryTotal, double? Temperature, long? EccErrors)
{
    public const string Query = "index,utilization.gpu,memory.used,memory.total,temperature.gpu,ecc.errors.uncorrected.volatile.total";

    private const int Fields = 6;
    private const long Mebibyte = 1 << 20;

    /// <returns>Null for a line that is no reading at all.</returns>
    public static NvidiaSmiLine? Parse(string line)
    {
        var fields = line.Split(',', StringSplitOptions.TrimEntries);
        if (fields.Length != Fields || Number(fields[0], 0, 1023) is not { } index) return null;
        var (used, total) = (Number(fields[2], 0, 1L << 40), Number(fields[3], 1, 1L << 40));
        var memory = used <= total; // false where one is not known
        return new NvidiaSmiLine(
            (int)index,
            Number(fields[1], 0, 100) / 100.0,
            memory ? used * Mebibyte : null,
            memory ? total * Mebibyte : null,
            Number(fields[4], -50, 200),
            Number(fields[5], 0, long.MaxValue));
    }

    private static long? Number(string field, long least, long most)
        => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
}
