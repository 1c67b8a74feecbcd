using Microsoft.AspNetCore.Builder;

namespace Evergrain.Hosting;

/// <summary>The frame of every Evergrain process: arguments, YAML, logs, metrics, the watch over its supervisor, the hard exit.</summary>
public static class EvergrainProcess
{
    /// <summary>Reads --config FILE and --name NAME, loads the YAML and runs <paramref name="main"/>.</summary>
    /// <returns>The exit code: <paramref name="main"/>'s; 2 for wrong arguments or a wrong YAML; 1 for an unexpected exception,
    /// which is logged.</returns>
    public static Task<int> RunAsync(string kind, string[] args, Func<ProcessIdentity, Task<int>> main) => Task.FromResult(2);

    /// <summary>A web application builder with logs, metrics (the named meters beside ASP.NET's and the runtime's) and the watch
    /// over the supervisor. Listens on nothing until told to.</summary>
    public static WebApplicationBuilder CreateBuilder(ProcessIdentity identity, params string[] meters)
        => WebApplication.CreateEmptyBuilder(new());
}
