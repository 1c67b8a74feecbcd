using System.Text.Json;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>Writes a drill's results three times: for programs, for people to read and sign, and for a repository's documentation.</summary>
internal static class ReportWriter
{
    public const string DefaultName = "drill";

    /// <summary>Writes drill.json, drill.html and drill.md.</summary>
    public static Task WriteAsync(DrillReport report, string folder, CancellationToken cancellationToken)
        => WriteAsync(report, folder, DefaultName, cancellationToken);

    /// <summary>The same under another name; the Markdown links to the HTML of that name beside it.</summary>
    public static async Task WriteAsync(DrillReport report, string folder, string name, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        // The JSON first: should the drawing of a page fail, the measurements are safe and the page can be made from them.
        var json = JsonSerializer.Serialize(report, ReportJson.Report) + "\n";
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".json"), json, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".html"), HtmlReport.Write(report, name + ".json"), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".md"), MarkdownReport.Write(report, name + ".html"), cancellationToken);
    }
}
