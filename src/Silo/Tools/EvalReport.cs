using System.Globalization;
using System.Text;

namespace Evergrain.Silo.Tools;

/// <summary>One text, what a person and what the model said of it.</summary>
/// <param name="Text">The text and its true label.</param>
/// <param name="Positive">Probability of positive.</param>
/// <param name="ApiLabel">The label given, as HTTP would.</param>
/// <param name="SaysPositive">True where that label is positive.</param>
/// <param name="Error">Why there is no answer, where there is none.</param>
internal readonly record struct EvalRow(LabelledText Text, float Positive, string ApiLabel, bool SaysPositive, string? Error)
{
    public bool IsRight => Error is null && SaysPositive == Text.Positive;

    /// <summary>How sure the model was of what it said, 0.5..1.</summary>
    public float Confidence => Math.Max(Positive, 1 - Positive);
}

/// <summary>Accuracy, confusion matrix, confidence histogram and worst errors of a set of texts.</summary>
internal sealed class EvalReport(string name)
{
    private const int Bins = 10;
    private const int BarLength = 40;

    private readonly int[] _right = new int[Bins];
    private readonly int[] _all = new int[Bins];
    private readonly int[,] _confusion = new int[2, 2];
    private readonly List<EvalRow> _wrong = [];
    private int _count;

    /// <summary>Texts that the model could not answer; they count as wrong.</summary>
    public int Failed { get; private set; }

    public void Add(EvalRow row)
    {
        _count++;
        if (!row.IsRight) _wrong.Add(row);
        if (row.Error is not null)
        {
            Failed++;
            return;
        }

        _confusion[row.Text.Positive ? 1 : 0, row.SaysPositive ? 1 : 0]++;
        var bin = Math.Clamp((int)((row.Confidence - 0.5f) * 2 * Bins), 0, Bins - 1);
        _all[bin]++;
        if (row.IsRight) _right[bin]++;
    }

    public string Summary()
    {
        var report = new StringBuilder();
        var failed = Failed > 0 ? $", {Failed} FAILED" : "";
        Line(report, $"{name}: {_count} texts, accuracy {Share(_count - _wrong.Count, _count):F4}{failed}");
        Line(report, $"                  says negative  says positive");
        Line(report, $"  is negative     {_confusion[0, 0],13}  {_confusion[0, 1],13}");
        Line(report, $"  is positive     {_confusion[1, 0],13}  {_confusion[1, 1],13}");
        Line(report, $"  confidence      texts  accuracy");
        for (var bin = 0; bin < Bins; bin++)
        {
            var from = 0.5 + (bin * 0.5 / Bins);
            var bar = new string('#', (int)Math.Round(BarLength * Share(_all[bin], _count)));
            Line(report, $"  {from:F2}..{from + (0.5 / Bins):F2}  {_all[bin],9}  {Share(_right[bin], _all[bin]),8:F4}  {bar}");
        }

        return report.Append('\n').ToString();
    }

    public string WorstErrors(int top)
    {
        var report = new StringBuilder();
        if (top == 0 || _wrong.Count == 0) return "";
        Line(report, $"Worst errors (confidence, said, is, text):");
        foreach (var row in _wrong.OrderByDescending(row => row.Confidence).Take(top))
        {
            var text = row.Text.Text.Length > 100 ? $"{row.Text.Text[..100]}…" : row.Text.Text;
            Line(report, $"  {row.Confidence:F4}  {row.ApiLabel}  {(row.Text.Positive ? "positive" : "negative")}  {row.Error ?? text}");
        }

        return report.ToString();
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private static void Line(StringBuilder report, FormattableString line)
        => report.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
