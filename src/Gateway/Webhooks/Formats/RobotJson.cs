using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrain.Gateway.Webhooks.Formats;

/// <summary>What the robots' JSON has in common.</summary>
internal static class RobotJson
{
    /// <summary>Chinese stays Chinese: the services count bytes.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonObject body) => body.ToJsonString(Readable);

    /// <summary>Robots refuse with status 200 and a number other than 0.</summary>
    public static string? Complaint(string answer, ReadOnlySpan<string> codes, ReadOnlySpan<string> texts)
    {
        using var document = JsonDocument.Parse(answer);
        if (First(document.RootElement, codes) is not { ValueKind: JsonValueKind.Number } code)
            throw new JsonException($"the answer has no {codes[0]}");
        return code.TryGetInt32(out var number) && number == 0 ? null : $"{codes[0]} {code.GetRawText()}: {First(document.RootElement, texts)}";
    }

    private static JsonElement? First(JsonElement answer, ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value)) return value;
        }

        return null;
    }
}
