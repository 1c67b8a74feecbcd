using System.Collections.Immutable;
using System.Text.Json;

namespace Evergrain.Engine.Models;

/// <summary>model.json: what the files of a package are and what their hashes have to be.</summary>
public sealed record ModelManifest
{
    /// <summary>The manifest's file name in a package.</summary>
    public const string FileName = "model.json";

    /// <summary>Name and version under which answers are given.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>In logit order.</summary>
    public required ImmutableArray<ModelLabel> Labels { get; init; }

    /// <summary>Most ids of a text, [CLS] and [SEP] included.</summary>
    public required int MaxLength { get; init; }

    /// <summary>True for an uncased vocabulary.</summary>
    public required bool LowerCase { get; init; }

    /// <summary>File name → sha256 in hexadecimal, for every file but this one.</summary>
    public required ImmutableSortedDictionary<string, string> Sha256 { get; init; }

    /// <summary>Reads and checks the manifest of a package.</summary>
    /// <exception cref="ModelRefusedException">No such folder or file, not JSON, a key missing, or a value out of range; all such
    /// values are named at once.</exception>
    public static ModelManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!Directory.Exists(folder)) throw new ModelRefusedException($"There is no model package at {folder}: no such folder.");
        if (!File.Exists(path)) throw new ModelRefusedException($"{path} is missing: the folder is no model package.");
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), ModelJson.Options);
        }
        catch (JsonException e)
        {
            throw new ModelRefusedException($"{path} cannot be read: {e.Message}", e);
        }

        var faults = manifest is null ? ["it is null"] : manifest.Faults().ToArray();
        return faults.Length == 0
            ? manifest!
            : throw new ModelRefusedException($"{path} is wrong: {string.Join("; ", faults)}.");
    }

    private IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Name)) yield return "'name' is empty";
        if (string.IsNullOrWhiteSpace(Version)) yield return "'version' is empty";
        if (MaxLength is < 3 or > 65536) yield return $"'maxLength' is {MaxLength}, which is not from 3 to 65536";
        if (Labels.IsDefault || Labels.Length < 2)
        {
            yield return "'labels' has fewer than two labels";
        }
        else if (Labels.Any(label => string.IsNullOrWhiteSpace(label.Api)))
        {
            yield return "a label has no 'api' name";
        }
        else if (Labels.DistinctBy(label => label.Api, StringComparer.Ordinal).Count() < Labels.Length)
        {
            yield return "two labels have the same 'api' name";
        }

        if (Sha256 is null)
        {
            yield return "'sha256' is null";
            yield break;
        }

        foreach (var file in ModelPackage.RequiredFiles.Where(file => !Sha256.ContainsKey(file)))
        {
            yield return $"'sha256' lacks {file}";
        }

        foreach (var file in Sha256.Keys.Where(file => file != Path.GetFileName(file) || file is "" or "." or ".."))
        {
            yield return $"'sha256' names '{file}', which is no plain file name";
        }
    }
}

/// <summary>One label: its name in the model and its name in the API.</summary>
public sealed record ModelLabel
{
    public required string Name { get; init; }

    public required string Api { get; init; }
}
