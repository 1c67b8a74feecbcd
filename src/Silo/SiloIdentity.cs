namespace Evergrain.Silo;

/// <summary>Which silo this is, and which start of it.</summary>
/// <param name="Name">As in the YAML.</param>
/// <param name="BootId">Generation of the Orleans address, growing from start to start.</param>
internal sealed record SiloIdentity(string Name, int BootId);
