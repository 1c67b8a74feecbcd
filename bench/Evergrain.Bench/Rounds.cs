namespace Evergrain.Bench;

/// <summary>The middle of many times: on a busy machine the mean tells of the neighbours.</summary>
internal static class Rounds
{
    /// <summary>The median; sorts what it is given.</summary>
    public static double Median(Span<double> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// <summary>The median of one figure over all rounds.</summary>
    public static double Median<T>(IEnumerable<T> rounds, Func<T, double> figure) => Median([.. rounds.Select(figure)]);
}
