using System.Text.Json;

namespace Evergrain.Engine.Models;

/// <summary>How the JSON files of a package are read.</summary>
internal static class ModelJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);
}
