using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Evergrain.Client;

/// <summary>Registers the client in a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="EvergrainClient"/> that connects when it is first asked for and is disposed with the host.</summary>
    public static IServiceCollection AddEvergrainClient(this IServiceCollection services, EvergrainClientOptions options)
        => services.AddMetrics().AddSingleton(s => new EvergrainClient(
            options, s.GetService<ILoggerFactory>(), s.GetService<IMeterFactory>(), s.GetService<TimeProvider>()));
}
