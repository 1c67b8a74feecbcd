using System.Collections.Immutable;
using System.Text.Json;

namespace Evergrain.Engine.Models;

/// <summary>One line of probes.jsonl: a text of ours and what the model has to say of it.</summary>
public sealed record KnownAnswer
{
    public required string Text { get; init; }

    /// <summary>API name of the label.</summary>
    public required string Label { get; init; }

    /// <summary>In label order.</summary>
    public required ImmutableArray<float> Probabilities { get; init; }

    /// <summary>In label order; empty where the package does not say. They show a difference that probabilities near 0 and 1 hide.</summary>
    public ImmutableArray<float> Logits { get; init; } = [];

    /// <summary>How far a probability may be off: another processor or a batch adds the last digits in another order.</summary>
    public required float Tolerance { get; init; }

    /// <summary>Reads the known answers of a package.</summary>
    /// <exception cref="ModelRefusedException">A line that cannot be read or does not fit the labels, or no line at all.</exception>
    internal static ImmutableArray<KnownAnswer> ReadAll(string path, ModelManifest manifest)
    {
        var answers = ImmutableArray.CreateBuilder<KnownAnswer>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            answers.Add(Read(line, $"{path} line {number}", manifest));
        }

        return answers.Count > 0
            ? answers.ToImmutable()
            : throw new ModelRefusedException($"{path} has no known answers: a model that cannot be checked is not served.");
    }

    private static KnownAnswer Read(string line, string where, ModelManifest manifest)
    {
        KnownAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize<KnownAnswer>(line, ModelJson.Options);
        }
        catch (JsonException e)
        {
            throw new ModelRefusedException($"{where} cannot be read: {e.Message}", e);
        }

        if (answer is null || string.IsNullOrWhiteSpace(answer.Text)) throw new ModelRefusedException($"{where} has no text.");
        if (answer.Probabilities.IsDefault || answer.Probabilities.Length != manifest.Labels.Length)
        {
            throw new ModelRefusedException(
                $"{where} has {(answer.Probabilities.IsDefault ? 0 : answer.Probabilities.Length)} probabilities, "
                + $"{ModelManifest.FileName} has {manifest.Labels.Length} labels.");
        }

        if (answer.Logits.IsDefault) answer = answer with { Logits = [] };
        if (!answer.Logits.IsEmpty && answer.Logits.Length != manifest.Labels.Length)
        {
            throw new ModelRefusedException($"{where} has {answer.Logits.Length} logits, {ModelManifest.FileName} has {manifest.Labels.Length} labels.");
        }

        if (manifest.Labels.All(label => label.Api != answer.Label))
        {
            throw new ModelRefusedException($"{where} names the label '{answer.Label}', which {ModelManifest.FileName} does not have.");
        }

        return answer;
    }
}
