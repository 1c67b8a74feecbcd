namespace Evergrain.Hosting;

/// <summary>Where the executable of one of our projects lies, seen from the folder of another's.</summary>
public static class ProgramFile
{
    /// <param name="project">"Silo", "Gateway", "WebUI".</param>
    public static string NameOf(string project) => $"Evergrain.{project}" + (OperatingSystem.IsWindows() ? ".exe" : "");

    /// <summary>The places to look at, in this order.</summary>
    /// <param name="baseFolder">Folder of the program that looks.</param>
    /// <param name="project">"Silo", "Gateway", "WebUI".</param>
    public static string[] Candidates(string baseFolder, string project)
    {
        var here = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(baseFolder)));
        return
        [
            // Built: artifacts/bin/Evergrain.Cli/release beside artifacts/bin/Evergrain.Silo/release.
            Path.GetFullPath(Path.Combine(here.FullName, "..", "..", $"Evergrain.{project}", here.Name, NameOf(project))),
            // Published: cli beside silo.
            Path.GetFullPath(Path.Combine(here.FullName, "..", project.ToLowerInvariant(), NameOf(project))),
        ];
    }
}
