using System.Globalization;
using System.Text;
using Evergrain.Engine.Models;

namespace Evergrain.Silo.Tools;

/// <summary>Hashes, shapes, labels, known answers and speed of a package.</summary>
internal static class ModelCheckCommand
{
    private const string Usage = "model check DIR [--device cpu|cuda:N] [--threads N]";

    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        var arguments = ToolArguments.Parse(args, Usage, "--device", "--threads");
        if (arguments.Values is not [var folder]) throw new ToolUsageException($"Usage: {Usage}");
        var threads = arguments.Number("--threads", Environment.ProcessorCount, least: 1);
        var device = arguments.Option("--device") ?? "cpu";
        var check = ModelCheck.Run(folder, device, threads, TimeProvider.System);
        await using var output = new StreamWriter(console.Output, new UTF8Encoding(false), leaveOpen: true);
        await output.WriteAsync(Report(check, device, threads));
        return check.KnownAnswers.All(answer => answer.IsRight) ? ToolCommands.Done : ToolCommands.Refused;
    }

    private static string Report(ModelCheck check, string device, int threads)
    {
        var report = new StringBuilder();
        var right = check.KnownAnswers.Count(answer => answer.IsRight);
        Line($"model          {check.Identity.Name}, version {check.Identity.Version}");
        Line($"hash           {check.Identity.Hash}");
        Line($"files          {string.Join(", ", check.Manifest.Sha256.Keys)}: hashes right");
        var inputs = "input_ids, attention_mask, token_type_ids int64 [batch, seq]";
        Line($"shape          {inputs} -> logits float [batch, {check.Identity.Labels.Length}]");
        Line($"labels         {string.Join(", ", check.Manifest.Labels.Select(label => $"{label.Name} = {label.Api}"))}");
        Line($"max length     {check.Manifest.MaxLength} tokens, {(check.Manifest.LowerCase ? "lower-cased, accents stripped" : "cased")}");
        Line($"known answers  {right} of {check.KnownAnswers.Length} right");
        if (check.KnownAnswers.Max(answer => answer.LogitDifference) is { } logits) Line($"  logits {logits:E1} off at most");
        foreach (var answer in check.KnownAnswers)
        {
            var verdict = answer.IsRight ? "right" : "WRONG";
            var off = FormattableString.Invariant($"{answer.Difference:F4} off (allowed {answer.Known.Tolerance:F4})");
            var labels = $"{answer.Known.Label} -> {answer.Label}";
            Line($"  {verdict}  {off}  {answer.Elapsed.TotalMilliseconds,7:F2} ms  {labels}  {Shortened(answer.Known.Text)}");
        }

        Line($"speed          on {device}, {threads} threads");
        foreach (var speed in check.Speed)
        {
            var batch = FormattableString.Invariant($"batch {speed.BatchSize,3} × {speed.Length} tokens");
            Line($"  {batch}  {speed.TextsPerSecond,9:F1} texts/s  {speed.TokensPerSecond,9:F0} tokens/s");
        }

        return report.ToString();

        void Line(FormattableString line) => report.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Shortened(string text) => text.Length > 30 ? $"{text[..30]}…" : text;
}
