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

/// <summary>Accuracy, calibration, confusion matrix, confidence histogram and worst errors of a set of texts.</summary>
internal sealed class EvalReport(string name)
{
    private const int Bins = 10;
    private const int BarLength = 40;

    private readonly int[] _right = new int[Bins];
    private readonly int[] _all = new int[Bins];
    private readonly double[] _confidence = new double[Bins];
    private readonly int[,] _confusion = new int[2, 2];
    private readonly List<EvalRow> _wrong = [];
    private int _count;

    /// <summary>Of the set.</summary>
    public string Name => name;

    /// <summary>Texts that the model could not answer; they count as wrong.</summary>
    public int Failed { get; private set; }

    /// <summary>Share of the texts that got the right label.</summary>
    public double Accuracy => Share(_count - _wrong.Count, _count);

    /// <summary>Expected calibration error (Guo et al., 2017): how far the model's confidence is from its accuracy, bin by bin.</summary>
    public double CalibrationError
    {
        get
        {
            var answered = _all.Sum();
            return answered == 0 ? 0 : Enumerable.Range(0, Bins).Sum(bin => Math.Abs(_confidence[bin] - _right[bin])) / answered;
        }
    }

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
        _confidence[bin] += row.Confidence;
        if (row.IsRight) _right[bin]++;
    }

    public string Summary()
    {
        var report = new StringBuilder();
        var failed = Failed > 0 ? $", {Failed} FAILED" : "";
        Line(report, $"{name}: {_count} texts, accuracy {Accuracy:F4}, calibration error {CalibrationError:F4}{failed}");
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

    /// <summary>One line a set, when there are several.</summary>
    public static string Table(IReadOnlyList<EvalReport> reports)
    {
        var table = new StringBuilder();
        var width = Math.Max(reports.Max(report => report.Name.Length), "set".Length);
        Line(table, $"{"set".PadRight(width)}    texts  accuracy  calibration error");
        foreach (var report in reports)
            Line(table, $"{report.Name.PadRight(width)}  {report._count,7}  {report.Accuracy,8:F4}  {report.CalibrationError,17:F4}");
        return table.Append('\n').ToString();
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
