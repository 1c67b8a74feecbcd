using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Models;

/// <summary>What a change of the model asks of silos.</summary>
internal interface IModelSilos
{
    /// <summary>What it says of itself; null where it does not answer.</summary>
    Task<SiloStatus?> StatusAsync(SiloConfig silo, CancellationToken cancellationToken);

    /// <summary>Has it serve another package. Returns when that is done or refused: minutes, where the model is large.</summary>
    /// <param name="silo">Which.</param>
    /// <param name="folder">Absolute path of the package.</param>
    /// <param name="cancellationToken">Ends the wait, not the change.</param>
    Task<SwitchResult> UseAsync(SiloConfig silo, string folder, CancellationToken cancellationToken);
}
