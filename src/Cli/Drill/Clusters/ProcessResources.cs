namespace Evergrain.Cli.Drill.Clusters;

/// <summary>What a process holds.</summary>
/// <param name="ResidentBytes">Memory.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Threads">Of any state.</param>
internal readonly record struct ProcessResources(long ResidentBytes, int Handles, int Threads);
