using System.Text.Json;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill;

/// <summary>What the report calls the model: "sentiment 1 (6bdb806a)".</summary>
internal static class ModelName
{
    public static async Task<string> ReadAsync(ModelConfig model, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(model.Path, "model.json"));
        using var manifest = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
        var root = manifest.RootElement;
        var hash = root.GetProperty("sha256").GetProperty("model.onnx").GetString()!;
        return $"{root.GetProperty("name").GetString()} {root.GetProperty("version").GetString()} ({hash[..8]})";
    }
}
