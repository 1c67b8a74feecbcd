using System.Collections.Immutable;
using System.Globalization;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>Figures as people read them: the same in every file and for every culture.</summary>
internal static class Figures
{
    public const string None = "–";

    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"4.2 ms", "310 ms", "1.31 s".</summary>
    public static string Ms(double? ms) => ms switch
    {
        null or double.NaN or double.PositiveInfinity or double.NegativeInfinity => None,
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{ms:0.0} ms"),
        < 999.5 => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
        < 9995 => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.0} s"),
    };

    /// <summary>A moment of a scenario to the millisecond: "10.036 s".</summary>
    public static string Moment(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.000} s");

    public static string Rate(double perSecond) => string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.#}/s");

    public static Bilingual Duration(TimeSpan time)
    {
        var (hours, minutes, seconds) = ((int)time.TotalHours, time.Minutes, time.Seconds);
        return time switch
        {
            { TotalHours: >= 1 } => new(Invariant($"{hours} 小时 {minutes} 分"), Invariant($"{hours} h {minutes} min")),
            { TotalMinutes: >= 1 } => new(Invariant($"{minutes} 分 {seconds} 秒"), Invariant($"{minutes} min {seconds} s")),
            _ => new(Invariant($"{time.TotalSeconds:0.#} 秒"), Invariant($"{time.TotalSeconds:0.#} s")),
        };
    }

    public static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <summary>"3 / 4,321".</summary>
    public static string Of(int part, int all) => $"{Count(part)} / {Count(all)}";

    /// <summary>What the failures say of the true share: a bound where there were none, the share seen where there were some.</summary>
    public static Bilingual Share(int failed, int requests, double bound) => (failed, requests) switch
    {
        (_, 0) => new("没有请求", "no requests"),
        (0, _) => new($"真实比例 < {Percent(bound)}", $"true share < {Percent(bound)}"),
        _ => new($"占 {Percent((double)failed / requests)}", $"{Percent((double)failed / requests)} of them"),
    };

    /// <summary>The same without words, for a table: "&lt; 0.034 %".</summary>
    public static string ShortShare(int failed, int requests, double bound)
        => requests == 0 ? None : failed == 0 ? $"< {Percent(bound)}" : Percent((double)failed / requests);

    /// <summary>Two digits, rounded up: a bound must not look better than it is.</summary>
    public static string Percent(double share)
    {
        var percent = share * 100;
        if (percent is <= 0 or >= 100)
            return percent <= 0 ? "0 %" : "100 %";
        var decimals = Math.Clamp(1 - (int)Math.Floor(Math.Log10(percent)), 0, 6);
        var scale = Math.Pow(10, decimals);
        // The subtraction keeps 0.07 from becoming 0.071 by the last bit of a double.
        return (Math.Ceiling((percent * scale) - 1e-9) / scale).ToString("0.######", CultureInfo.InvariantCulture) + " %";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>All kinds of callers of a scenario, or of the whole drill, taken together.</summary>
internal sealed record Totals(int Requests, int Failed, int Wrong, double PMaxMs)
{
    public static Totals Of(ImmutableArray<CallerFigures> callers) => new(
        callers.Sum(c => c.Requests), callers.Sum(c => c.Failed), callers.Sum(c => c.Wrong),
        callers.IsEmpty ? double.NaN : callers.Max(c => c.PMaxMs));

    public static Totals Of(DrillReport report) => Of([.. report.Scenarios.SelectMany(s => s.Callers)]);

    public double FailureBound => Requests == 0 ? 1 : 3.0 / Requests;
}
