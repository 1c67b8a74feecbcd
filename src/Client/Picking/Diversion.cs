namespace Evergrain.Client.Picking;

/// <summary>Whether calls can be kept away from silos whose devices are busy.</summary>
internal static class Diversion
{
    /// <summary>From which silos calls are kept away: the busy ones, where there is room.</summary>
    public static bool[] Of(IReadOnlyCollection<SiloLoad> silos)
    {
        var room = HasRoom(silos);
        return [.. silos.Select(silo => room && silo is { Eligible: true, High: true })];
    }

    /// <summary>True where the cool silos would stay under <see cref="LoadGates.HighLoad"/> with the calls of the hot ones as well. Without this look ahead two silos that are
    /// both busy with their own calls would throw all of them to and fro: whoever takes them becomes the hot one.</summary>
    public static bool HasRoom(IEnumerable<SiloLoad> silos)
    {
        var (capacity, work) = (0.0, 0.0); // tokens per second
        foreach (var silo in silos)
        {
            if (!silo.Eligible) continue;
            var rate = Math.Max(silo.DrainRate, 1);
            if (!silo.High) capacity += rate;
            work += rate * (silo.High ? silo.Own : silo.Device);
        }

        return work < capacity * LoadGates.HighLoad;
    }

    /// <summary>Whether a silo comes back gradually from a diversion: where its device has become cool. Where only the others have become as busy, it takes its share at once: they
    /// need it.</summary>
    /// <param name="diverted">Calls are kept away from now on; false: no more.</param>
    /// <param name="gates">The silo's.</param>
    public static bool EndsGradually(bool diverted, LoadGates gates) => !diverted && !gates.LoadHigh;
}

/// <summary>A silo's load as <see cref="Diversion"/> sees it.</summary>
/// <param name="Eligible">Takes calls.</param>
/// <param name="High">Its device's load went over 75 % and is not back under 65 % yet.</param>
/// <param name="Device">Load of its device, 0..1.</param>
/// <param name="Own">The part of it that goes with its calls, 0..1.</param>
/// <param name="DrainRate">Tokens per second.</param>
internal readonly record struct SiloLoad(bool Eligible, bool High, double Device, double Own, double DrainRate);
