using System.Text.Json;

namespace Evergrain.Cli.Models;

/// <summary>What a model package says of itself. Only silos, which have the engine, can tell whether it is true.</summary>
/// <param name="Folder">Absolute, without a separator at its end.</param>
/// <param name="Name">As in its model.json.</param>
/// <param name="Version">As in its model.json.</param>
internal sealed record PackageSummary(string Folder, string Name, string Version)
{
    private const string Manifest = "model.json";

    /// <exception cref="UserException">No such folder, or its model.json is missing or names no model.</exception>
    public static PackageSummary Read(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(path))
            throw new UserException($"there is no folder {path}", exitCode: 2);
        var manifest = Path.Combine(path, Manifest);
        if (!File.Exists(manifest))
            throw new UserException($"{path} is no model package: it has no {Manifest}", exitCode: 2);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
            return new PackageSummary(path, Text(json.RootElement, "name", manifest), Text(json.RootElement, "version", manifest));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{manifest} cannot be read: {e.Message}", exitCode: 2);
        }
    }

    private static string Text(JsonElement root, string key, string manifest)
        => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text)
            ? text
            : throw new UserException($"{manifest} has no '{key}'", exitCode: 2);
}
