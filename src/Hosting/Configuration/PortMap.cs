namespace Evergrain.Hosting.Configuration;

/// <summary>One port that a process opens on its node.</summary>
/// <param name="Node">The server it is on.</param>
/// <param name="Host">What it listens on; 0.0.0.0 for every address.</param>
/// <param name="Port">0 where the file's value was none.</param>
/// <param name="Owner">The process's name.</param>
/// <param name="SharedGroup">Processes of one group may open the same address; null for a port that is never shared.</param>
/// <param name="Where">The key in the file, for messages.</param>
/// <param name="Line">0 where it is a default.</param>
internal sealed record PortUse(string Node, string Host, int Port, string Owner, string? SharedGroup, string Where, int Line)
{
    public bool SameAddress(PortUse other) => Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    public bool MayShare(PortUse other)
        => SharedGroup is not null && SharedGroup == other.SharedGroup && Owner != other.Owner && SameAddress(other);
}

/// <summary>Every port of the file; reports those that get into each other's way on one node.</summary>
internal sealed class PortMap
{
    private readonly List<PortUse> _uses = [];

    public void Add(PortUse use)
    {
        if (use.Port > 0)
            _uses.Add(use);
    }

    public void ReportClashes(ConfigErrors errors)
    {
        for (var i = 0; i < _uses.Count; i++)
        {
            var earlier = _uses.Take(i).FirstOrDefault(other => Clash(_uses[i], other));
            if (earlier is not null)
                errors.Add(_uses[i].Line > 0 ? _uses[i].Line : earlier.Line, Describe(_uses[i], earlier));
        }
    }

    private static bool Clash(PortUse a, PortUse b)
        => a.Node == b.Node && a.Port == b.Port && HostName.Overlap(a.Host, b.Host) && !a.MayShare(b);

    private static string Describe(PortUse use, PortUse earlier)
    {
        var line = earlier.Line > 0 ? $" (line {earlier.Line})" : "";
        var advice = use.SharedGroup is not null && use.SharedGroup == earlier.SharedGroup && use.Owner != earlier.Owner
            ? $"write '{earlier.Host}' in both to share it, or choose another port"
            : "choose another";
        return $"{use.Where}: port {use.Port} on node '{use.Node}' is already taken by {earlier.Where}{line}; {advice}";
    }
}
