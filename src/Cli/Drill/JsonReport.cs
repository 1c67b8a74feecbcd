using System.Text.Json;
using System.Text.Json.Serialization;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>The whole of a drill's results as drill.json.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static async Task WriteAsync(DrillReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        await using var file = File.Create(Path.Combine(folder, "drill.json"));
        await JsonSerializer.SerializeAsync(file, report, Json);
    }
}
