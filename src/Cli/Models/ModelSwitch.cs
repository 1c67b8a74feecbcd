using System.Globalization;

namespace Evergrain.Cli.Models;

/// <summary>A silo's answer to <c>POST /model/use</c>.</summary>
internal sealed record ModelSwitch
{
    public required string Version { get; init; }

    public required string Hash { get; init; }

    public required string PreviousVersion { get; init; }

    public required string PreviousHash { get; init; }

    public required string PreviousPath { get; init; }

    /// <summary>Where it served this package before, nothing was switched.</summary>
    public bool IsSame => Hash == PreviousHash;

    public ServedModel After(string folder) => new(Version, Hash, folder);

    public ServedModel Before() => new(PreviousVersion, PreviousHash, PreviousPath);

    /// <summary>"silo-a: 1.0 → 1.1 (ab12cd34ef56) in 2.1 s".</summary>
    public string Describe(string silo, TimeSpan took) => IsSame
        ? $"{silo}: serves {Before()} already"
        : string.Create(CultureInfo.InvariantCulture, $"{silo}: {PreviousVersion} → {After("")} in {took.TotalSeconds:0.0} s");
}

/// <summary>A switch, or why there is none.</summary>
/// <param name="Done">Null where nothing was switched, as far as known.</param>
/// <param name="Problem">Why not, with the silo's name; empty where it is done.</param>
/// <param name="IsUnclear">No answer came: it may have switched, or may do so yet.</param>
internal sealed record SwitchResult(ModelSwitch? Done, string Problem = "", bool IsUnclear = false);
