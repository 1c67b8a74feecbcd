using System.Globalization;
using System.Text;
using Evergrain.Engine.Models;

namespace Evergrain.Silo.Tools;

/// <summary>Whether one package may stand in for another: the int8 form of a model for the fp32 form.</summary>
internal static class ModelCompareCommand
{
    private const string Usage =
        "model compare DIR OTHER FILE.tsv... [--device cpu|cuda:N] [--threads N]\n"
        + "A line is LABEL<TAB>TEXT; the label is not looked at.";

    private const double LeastSameLabel = 0.995;
    private const double MostBatchEffect = 0.01;

    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        var arguments = ToolArguments.Parse(args, Usage, "--device", "--threads");
        if (arguments.Values is not [var first, var second, _, ..]) throw new ToolUsageException($"Usage: {Usage}");
        string[] texts = [.. arguments.Values.Skip(2).Select(LabelledFile.Read).SelectMany(file => file.Rows).Select(row => row.Text)];
        var threads = arguments.Number("--threads", Environment.ProcessorCount, least: 1);
        var comparison = ModelComparison.Run(first, second, [.. texts], arguments.Option("--device") ?? "cpu", threads);
        await using var output = new StreamWriter(console.Output, new UTF8Encoding(false), leaveOpen: true);
        var (report, passed) = Report(comparison);
        await output.WriteAsync(report);
        return passed ? ToolCommands.Done : ToolCommands.Refused;
    }

    private static (string Report, bool Passed) Report(ModelComparison comparison)
    {
        var report = new StringBuilder();
        var passed = true;
        var same = (double)comparison.SameLabel / comparison.Texts;
        Line(same >= LeastSameLabel, $"same label                     {comparison.SameLabel} of {comparison.Texts} ({same:P2}; at least {LeastSameLabel:P1})");
        Line(null, $"difference of a probability    {comparison.MeanDifference:F5} on average, {comparison.MostDifference:F5} at most");
        foreach (var (name, effect) in new[] { ("the first", comparison.First), ("the other", comparison.Second) })
        {
            Line(effect.MostDifference <= MostBatchEffect,
                $"{name}, alone or among {ModelComparison.BatchSize}     {effect.MostDifference:F7} at most (allowed {MostBatchEffect})");
            Line(effect.OtherLabel == 0, $"{name}, another label among {ModelComparison.BatchSize}  {effect.OtherLabel} texts that are not undecided (allowed 0)");
        }

        return (report.ToString(), passed);

        void Line(bool? met, FormattableString line)
        {
            passed &= met ?? true;
            report.Append(met switch { null => "        ", true => "ok      ", false => "FAILED  " }).Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
