using System.Globalization;
using System.Text.Json;

namespace Evergrain.Cli.Logs;

/// <summary>One line of a process's log: compact JSON, as people read it.</summary>
internal static class LogLine
{
    /// <summary>Time, level, message, and an exception below. A line that is none of ours is returned as it is.</summary>
    public static string ForPeople(string line, TimeZoneInfo zone)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("@t", out var at) || !at.TryGetDateTimeOffset(out var utc))
                return line;
            var time = TimeZoneInfo.ConvertTime(utc, zone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
            var text = $"{time} {Level(Text(root, "@l"))} {Text(root, "@m")}";
            return Text(root, "@x") is { } exception ? $"{text}\n  {exception.Trim().Replace("\n", "\n  ", StringComparison.Ordinal)}" : text;
        }
        catch (JsonException)
        {
            return line;
        }
    }

    private static string? Text(JsonElement root, string key)
        => root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Information is left out of the file.</summary>
    private static string Level(string? level) => level switch
    {
        null => "INF",
        "Verbose" => "VRB",
        "Debug" => "DBG",
        "Warning" => "WRN",
        "Error" => "ERR",
        "Fatal" => "FTL",
        _ => level.ToUpperInvariant(),
    };
}
