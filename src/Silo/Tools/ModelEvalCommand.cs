using System.Collections.Immutable;
using System.Text;
using Evergrain.Engine;

namespace Evergrain.Silo.Tools;

/// <summary>Accuracy of a package on labelled files, asked through the same engine as the service.</summary>
internal static class ModelEvalCommand
{
    private const string Usage =
        "model eval DIR FILE.tsv... [--labels OUT] [--top N] [--device cpu|cuda:N] [--threads N]\n"
        + "A line is LABEL<TAB>TEXT, 1 for positive and 0 for negative.";

    /// <summary>Texts in one call: enough for the batcher to find neighbours in length.</summary>
    private const int Chunk = 512;

    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        var arguments = ToolArguments.Parse(args, Usage, "--labels", "--top", "--device", "--threads");
        if (arguments.Values is not [var folder, _, ..]) throw new ToolUsageException($"Usage: {Usage}");
        var top = arguments.Number("--top", otherwise: 10, least: 0);
        var files = arguments.Values.Skip(1).Select(LabelledFile.Read).ToArray(); // all of them before the first minute of work
        await using var engine = await InferenceEngine.OpenAsync(
            new EngineOptions
            {
                ModelPath = folder,
                Devices = [arguments.Option("--device") ?? "cpu"],
                Cores = arguments.Number("--threads", Environment.ProcessorCount, least: 1),
                Limits = new(new EngineLimits { MaxQueueWait = TimeSpan.FromHours(1) }),
            },
            TimeProvider.System);
        var positive = engine.Model.Labels.IndexOf("positive");
        if (positive < 0 || engine.Model.Labels.Length != 2)
        {
            throw new ModelRefusedException(
                $"{folder} has the labels {string.Join(", ", engine.Model.Labels)}; 'model eval' needs positive and one other.");
        }

        await using var output = new StreamWriter(console.Output, new UTF8Encoding(false), leaveOpen: true);
        await using var labels = arguments.Option("--labels") is { } path
            ? new StreamWriter(path, append: false, new UTF8Encoding(false))
            : null;
        var overall = new EvalReport("overall");
        var reports = new List<EvalReport>();
        foreach (var file in files)
        {
            var report = new EvalReport(file.Name);
            await foreach (var row in PredictAsync(engine, file.Rows, positive))
            {
                report.Add(row);
                overall.Add(row);
                if (labels is not null) await labels.WriteAsync($"{row.ApiLabel}\n");
            }

            reports.Add(report);
            await output.WriteAsync(report.Summary());
            await output.FlushAsync();
        }

        if (files.Length > 1)
        {
            await output.WriteAsync(overall.Summary());
            await output.WriteAsync(EvalReport.Table([.. reports, overall]));
        }

        await output.WriteAsync(overall.WorstErrors(top));
        return overall.Failed == 0 ? ToolCommands.Done : ToolCommands.Refused;
    }

    private static async IAsyncEnumerable<EvalRow> PredictAsync(IInferenceEngine engine, ImmutableArray<LabelledText> rows, int positive)
    {
        for (var start = 0; start < rows.Length; start += Chunk)
        {
            var chunk = rows.Slice(start, Math.Min(Chunk, rows.Length - start));
            var answer = await engine.PredictAsync([.. chunk.Select(row => row.Text)], TimeSpan.FromHours(1), Lane.Bulk);
            for (var i = 0; i < chunk.Length; i++)
            {
                var result = answer.Results[i];
                if (result.Error != ErrorCode.None)
                {
                    yield return new EvalRow(chunk[i], 0, "error", false, result.Detail);
                    continue;
                }

                var label = result.LabelIndex;
                yield return new EvalRow(chunk[i], result.Probabilities[positive], engine.Model.Labels[label], label == positive, null);
            }
        }
    }
}
