using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>Finds the executables of the other processes from where this one lies.</summary>
internal sealed class ProcessLayout(string baseFolder)
{
    public static ProcessLayout OfThisProgram => new(AppContext.BaseDirectory);

    /// <param name="project">"Silo", "Gateway", "WebUI".</param>
    /// <exception cref="UserException">It is not there.</exception>
    public string Find(string project) => TryFind(project)
        ?? throw new UserException($"{ProgramFile.NameOf(project)} is not built (looked for {string.Join(" and ", Candidates(project))}): run ./run first");

    /// <returns>Null where it is not there.</returns>
    public string? TryFind(string project) => Candidates(project).FirstOrDefault(File.Exists);

    /// <summary>The children of a node, silos first.</summary>
    /// <param name="node">Which.</param>
    /// <param name="config">The checked file.</param>
    /// <param name="siloProgram">Another program in place of the silo's.</param>
    public IEnumerable<ChildSpec> ChildrenOf(string node, EvergrainConfig config, string? siloProgram = null)
    {
        foreach (var silo in config.Silos.Where(s => s.Node == node))
            yield return new ChildSpec(silo.Name, ChildSpec.Silo, node, siloProgram ?? Find("Silo"), Arguments(silo.Name), AdminAddress(silo));
        foreach (var gateway in config.Gateways.Where(g => g.Node == node))
            yield return new ChildSpec(gateway.Name, ChildSpec.Gateway, node, Find("Gateway"), Arguments(gateway.Name), config.OwnAddress(gateway)!);
        foreach (var webUi in config.WebUis.Where(w => w.Node == node))
            yield return new ChildSpec(webUi.Name, ChildSpec.WebUi, node, Find("WebUI"), Arguments(webUi.Name), config.OwnAddress(webUi)!);

        string[] Arguments(string name) => ["--config", config.File, "--name", name];
    }

    public static Uri AdminAddress(SiloConfig silo) => new($"http://127.0.0.1:{silo.AdminPort}");

    private string[] Candidates(string project) => ProgramFile.Candidates(baseFolder, project);
}
