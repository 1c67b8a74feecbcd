using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>The report as JSON: camelCase, Chinese as it is written, members in the order of the model.</summary>
internal static class ReportJson
{
    // Not in the context itself: the order in which two parts of one class initialise their static members is anybody's guess.
    private static readonly JsonSerializerOptions Readable
        = new(ReportJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonTypeInfo<DrillReport> Report { get; } = (JsonTypeInfo<DrillReport>)Readable.GetTypeInfo(typeof(DrillReport));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true, NewLine = "\n",
    // A bucket without answers has no median.
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(CamelCaseEnum<Verdict>), typeof(CamelCaseEnum<MarkKind>)])]
[JsonSerializable(typeof(DrillReport))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;

internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
