using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>An event with the number that it has both in the chart and in the list below it.</summary>
/// <param name="Number">From 1, in the order of time.</param>
/// <param name="Mark">The event.</param>
/// <param name="SinceInjection">Seconds after the latest injection; null for an injection and for what came before the first.</param>
internal sealed record NumberedMark(int Number, TimelineMark Mark, double? SinceInjection)
{
    public static ImmutableArray<NumberedMark> Of(Timeline timeline)
    {
        var marks = ImmutableArray.CreateBuilder<NumberedMark>();
        double? injected = null;
        // At the same moment the cause comes before its effects.
        foreach (var mark in timeline.Marks.OrderBy(m => m.At).ThenBy(m => m.Kind))
        {
            var isInjection = mark.Kind == MarkKind.Injection;
            marks.Add(new NumberedMark(marks.Count + 1, mark, isInjection ? null : mark.At - injected));
            if (isInjection)
                injected = mark.At;
        }
        return marks.ToImmutable();
    }
}
