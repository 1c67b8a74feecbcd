using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Engine.Sessions;

/// <summary>The inputs and outputs that a model must have: those of any BERT sequence classifier.</summary>
internal static class ModelShape
{
    public static IReadOnlyCollection<string> Inputs { get; } = ["input_ids", "attention_mask", "token_type_ids"];

    public static IReadOnlyCollection<string> Outputs { get; } = ["logits"];

    /// <exception cref="ModelRefusedException">Names everything that is wrong at once.</exception>
    public static void Check(
        ModelPackage package, IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        var labels = package.Manifest.Labels.Length;
        string[] faults =
        [
            .. Inputs.SelectMany(name => InputFaults(name, inputs)),
            .. inputs.Keys.Except(Inputs).Select(name => $"it asks for the input '{name}', which nothing fills"),
            .. OutputFaults(outputs, labels),
        ];
        if (faults.Length > 0) throw new ModelRefusedException($"{package.ModelPath} does not fit: {string.Join("; ", faults)}.");
    }

    private static IEnumerable<string> InputFaults(string name, IReadOnlyDictionary<string, NodeMetadata> inputs)
    {
        if (!inputs.TryGetValue(name, out var input))
        {
            yield return $"the input '{name}' is missing (it has {string.Join(", ", inputs.Keys)})";
        }
        else if (!input.IsTensor || input.ElementType != typeof(long))
        {
            yield return $"the input '{name}' is {Type(input)}, not int64";
        }
        else if (input.Dimensions is not [< 0, < 0])
        {
            yield return $"the input '{name}' is {Shape(input)}, not [batch, seq] with both dynamic";
        }
    }

    private static IEnumerable<string> OutputFaults(IReadOnlyDictionary<string, NodeMetadata> outputs, int labels)
    {
        if (!outputs.TryGetValue("logits", out var logits))
        {
            yield return $"the output 'logits' is missing (it has {string.Join(", ", outputs.Keys)})";
        }
        else if (!logits.IsTensor || logits.ElementType != typeof(float))
        {
            yield return $"the output 'logits' is {Type(logits)}, not float";
        }
        else if (logits.Dimensions is not [< 0, _])
        {
            yield return $"the output 'logits' is {Shape(logits)}, not [batch, labels] with a dynamic batch";
        }
        else if (logits.Dimensions[1] >= 0 && logits.Dimensions[1] != labels)
        {
            yield return $"it has {logits.Dimensions[1]} labels, {ModelManifest.FileName} has {labels}";
        }
    }

    private static string Type(NodeMetadata node) => node.IsTensor ? node.ElementType.Name : node.OnnxValueType.ToString();

    private static string Shape(NodeMetadata node) => $"[{string.Join(", ", node.Dimensions)}]";
}
