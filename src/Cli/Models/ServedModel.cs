using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Models;

/// <summary>What a silo serves, and from which folder.</summary>
internal sealed record ServedModel(string Version, string Hash, string? Path)
{
    private const int HashShown = 12;

    /// <summary>Null where the silo is not ready.</summary>
    public static ServedModel? Of(SiloStatus? status) => status is { State: ProcessState.Ready, Model: { Version: { } version, Hash: { } hash } model }
        ? new ServedModel(version, hash, model.Path)
        : null;

    /// <summary>"1.1 (ab12cd34ef56)".</summary>
    public override string ToString() => $"{Version} ({Hash[..Math.Min(HashShown, Hash.Length)]})";
}
