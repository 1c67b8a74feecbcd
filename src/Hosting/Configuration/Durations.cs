using System.Globalization;
using System.Text.RegularExpressions;

namespace Evergrain.Hosting.Configuration;

/// <summary>Times as people write them: 200ms, 5s, 1.5m, 2h.</summary>
public static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Form().Match(text);
        if (!match.Success || !double.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromHours(1),
        };
        if (number * unit.Ticks > TimeSpan.FromDays(365).Ticks)
            return false;
        duration = number * unit;
        return true;
    }

    public static string Format(TimeSpan duration) => duration switch
    {
        _ when duration < TimeSpan.FromSeconds(1) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms"),
        _ when duration < TimeSpan.FromMinutes(1) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s"),
        _ when duration < TimeSpan.FromHours(1) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0.###}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0.###}h"),
    };

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,9})?)(ms|s|m|h)$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
