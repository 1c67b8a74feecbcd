using System.Collections.Immutable;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Cluster;

/// <summary>One happening, as every gateway that noticed it tells it.</summary>
/// <param name="First">Who noticed first.</param>
/// <param name="SeenBy">All who did, by name.</param>
internal sealed record Happening(ClusterEvent First, ImmutableSortedSet<string> SeenBy);

/// <summary>Puts the timelines of all gateways into one. Each gateway sees the same silo go; that is one happening.</summary>
internal sealed class Timeline
{
    private const int Kept = 1_000;

    /// <summary>Gateways notice the same at nearly the same time; their clocks may differ a little.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(3);

    private readonly HashSet<string> _ids = [];
    private readonly List<Happening> _happenings = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Happening> Happenings => _happenings;

    /// <returns>False for one that is there already.</returns>
    public bool Add(ClusterEvent e)
    {
        if (!_ids.Add(e.Id)) return false;
        // Of a thousand only the few of the same seconds are looked at: events come nearly in order.
        var place = 0;
        while (place < _happenings.Count && _happenings[place].First.At > e.At) place++;
        for (var i = FirstNear(e, place); i < _happenings.Count && e.At - _happenings[i].First.At <= Together; i++)
        {
            if (!IsSame(_happenings[i], e)) continue;
            _happenings[i] = _happenings[i] with { SeenBy = _happenings[i].SeenBy.Add(e.Gateway) };
            return true;
        }

        _happenings.Insert(place, new Happening(e, [e.Gateway]));
        if (_happenings.Count > Kept) _happenings.RemoveAt(_happenings.Count - 1);
        return true;
    }

    private int FirstNear(ClusterEvent e, int place)
    {
        while (place > 0 && _happenings[place - 1].First.At - e.At <= Together) place--;
        return place;
    }

    private static bool IsSame(Happening happening, ClusterEvent e) => happening.First.Kind == e.Kind && happening.First.Silo == e.Silo
        && happening.First.BootId == e.BootId && !happening.SeenBy.Contains(e.Gateway);
}
