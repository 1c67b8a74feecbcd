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

    /// <summary>Newest first.</summary>
    public ImmutableList<Happening> Happenings { get; private set; } = [];

    /// <returns>False for one that is there already.</returns>
    public bool Add(ClusterEvent e)
    {
        if (!_ids.Add(e.Id)) return false;
        var same = Happenings.FindIndex(h => IsSame(h, e));
        if (same >= 0)
        {
            var known = Happenings[same];
            Happenings = Happenings.SetItem(same, known with { SeenBy = known.SeenBy.Add(e.Gateway) });
            return true;
        }

        var place = Happenings.FindIndex(h => h.First.At <= e.At);
        Happenings = Happenings.Insert(place < 0 ? Happenings.Count : place, new Happening(e, [e.Gateway]));
        if (Happenings.Count > Kept) Happenings = Happenings.RemoveAt(Happenings.Count - 1);
        return true;
    }

    private static bool IsSame(Happening happening, ClusterEvent e)
        => happening.First.Kind == e.Kind && happening.First.Silo == e.Silo && happening.First.BootId == e.BootId
            && !happening.SeenBy.Contains(e.Gateway) && (happening.First.At - e.At).Duration() <= Together;
}
