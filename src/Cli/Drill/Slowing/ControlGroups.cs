namespace Evergrain.Cli.Drill.Slowing;

/// <summary>Where the cpu controller of a process is mounted and where in it the process is.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Root">The controller's root folder.</param>
/// <param name="Own">The folder of the process's group now.</param>
internal sealed record ControlGroups(int Version, string Root, string Own)
{
    private const string Unified = "/sys/fs/cgroup";
    private const string Cpu = "/sys/fs/cgroup/cpu";

    /// <returns>Null where there is no cpu controller.</returns>
    /// <exception cref="IOException">The process is gone.</exception>
    public static ControlGroups? Find(int pid)
    {
        var groups = File.ReadAllLines($"/proc/{pid}/cgroup");
        if (File.Exists(Path.Combine(Cpu, "cpu.cfs_quota_us")))
            return new ControlGroups(1, Cpu, Within(Cpu, PathOf(groups, "cpu")));
        var controllers = Path.Combine(Unified, "cgroup.controllers");
        return File.Exists(controllers) && File.ReadAllText(controllers).Split([' ', '\n']).Contains("cpu")
            ? new ControlGroups(2, Unified, Within(Unified, PathOf(groups, "")))
            : null;
    }

    /// <summary>The path in a line of /proc/PID/cgroup: "4:cpu,cpuacct:/system.slice" or, in version 2, "0::/system.slice".</summary>
    /// <param name="groups">The file's lines.</param>
    /// <param name="controller">"cpu"; empty in version 2.</param>
    /// <returns>"/" where there is no such line.</returns>
    internal static string PathOf(IEnumerable<string> groups, string controller)
        => groups.Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts.Length == 3 && parts[1].Split(',').Contains(controller))?[2] ?? "/";

    private static string Within(string root, string path) => Path.Combine(root, path.TrimStart('/'));
}
