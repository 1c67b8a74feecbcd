using System.Collections.Immutable;

namespace Evergrain.Silo.Telemetry;

/// <summary>
/// The newest line of each device. Lines come device by device, and nothing marks the last one: a round begins with an index that is not greater than the one
/// before. While it is incomplete the round before stands in for the devices that are still to come.
/// </summary>
internal sealed record NvidiaSmiRound
{
    public static NvidiaSmiRound None { get; } = new();

    /// <summary>Growing by one with each round; 0 before the first.</summary>
    public long Number { get; private init; }

    /// <summary>By index.</summary>
    public ImmutableSortedDictionary<int, NvidiaSmiLine> Lines { get; private init; } = ImmutableSortedDictionary<int, NvidiaSmiLine>.Empty;

    private ImmutableHashSet<int> Told { get; init; } = [];

    private int Last { get; init; } = int.MaxValue;

    public NvidiaSmiRound With(NvidiaSmiLine line)
    {
        if (line.Index > Last) return this with { Lines = Lines.SetItem(line.Index, line), Told = Told.Add(line.Index), Last = line.Index };

        // A device that the whole of the last round did not tell of is gone.
        var gone = Lines.Keys.Where(index => !Told.Contains(index));
        return new() { Number = Number + 1, Lines = Lines.RemoveRange(gone).SetItem(line.Index, line), Told = [line.Index], Last = line.Index };
    }

    /// <summary>The next line begins a round: it comes from a program that has just been started.</summary>
    public NvidiaSmiRound Restarted() => this with { Last = int.MaxValue };
}
