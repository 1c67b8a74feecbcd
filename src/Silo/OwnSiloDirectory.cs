using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;

namespace Evergrain.Silo;

/// <summary>
/// The grain directory of every stateless worker: it is on the silo that was asked. Orleans' own directory is spread over the silos and asked even
/// for these, so a first call for a key would fail or wait while the silo that holds the key's part is dead and not yet declared so:
/// seconds, or as long as the membership database is away.
/// </summary>
internal sealed class OwnSiloDirectory(ILocalSiloDetails silo) : IGrainDirectory, IGrainDirectoryResolver
{
    public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        grainDirectory = properties?.Properties.GetValueOrDefault(WellKnownGrainTypeProperties.PlacementStrategy) == "StatelessWorkerPlacement" ? this : null;
        return grainDirectory is not null;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId)
        => Task.FromResult<GrainAddress?>(new() { GrainId = grainId, SiloAddress = silo.SiloAddress, ActivationId = ActivationId.NewId() });

    /// <summary>Keeps nothing: stateless workers are never registered.</summary>
    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
