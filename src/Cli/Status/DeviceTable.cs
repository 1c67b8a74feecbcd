using System.Globalization;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Status;

/// <summary>The devices of all silos, a row each. A silo that says nothing of any has one row too, so that it is seen.</summary>
internal static class DeviceTable
{
    private const string None = "-";

    public static TextTable Of(StatusReport report) => new(
        ["SILO", "DEVICE", "LOAD", "OWN", "MEMORY", "TEMP", "ECC", "TELEMETRY"], [.. report.Silos.SelectMany(Rows)]);

    private static IEnumerable<IReadOnlyList<string>> Rows(SiloReport silo)
    {
        var telemetry = Telemetry(silo.Telemetry);
        return silo.Telemetry?.Devices is { Count: > 0 } devices
            ? devices.Select(d => (IReadOnlyList<string>)
            [
                silo.Name, d.Device ?? None, Percent(d.Load), Percent(d.OwnLoad), Memory(d.MemoryUsed, d.MemoryTotal),
                Text(d.Temperature, v => $"{v:0} °C"), Text(d.EccErrors, v => $"{v:0}"), telemetry,
            ])
            : [[silo.Name, None, None, None, None, None, None, telemetry]];
    }

    private static string Telemetry(SiloStatus.TelemetryStatus? telemetry) => telemetry switch
    {
        null => None,
        { State: SiloStatus.TelemetryStatus.Unknown } => $"{telemetry.Source}: {telemetry.Problem ?? telemetry.State}",
        _ => telemetry.Source ?? None,
    };

    private static string Memory(long? used, long? total)
    {
        var (usedMib, totalMib) = (Mib(used), Mib(total));
        return total > 0 && used is not null
            ? string.Create(CultureInfo.InvariantCulture, $"{usedMib:0} of {totalMib:0} MiB ({(double)used / total * 100:0} %)")
            : Text(usedMib, v => $"{v:0} MiB");
    }

    private static double? Mib(long? bytes) => bytes / (1024.0 * 1024);

    private static string Percent(double? share) => Text(share * 100, v => $"{v:0} %");

    private static string Text(double? value, Func<double, FormattableString> text)
        => value is { } known ? text(known).ToString(CultureInfo.InvariantCulture) : None;
}
