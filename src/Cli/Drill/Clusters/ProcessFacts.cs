using System.Globalization;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>What /proc says of a process.</summary>
internal static class ProcessFacts
{
    /// <summary>False for one that is gone or only waits to be reaped. One whose first thread has ended but not the others still holds its
    /// sockets.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            var process = Folder(pid);
            var stat = File.ReadAllText(Path.Combine(process, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X') || Directory.GetDirectories(Path.Combine(process, "task")).Length > 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>What it holds now; null for one that is gone.</summary>
    public static ProcessResources? Resources(int pid)
    {
        try
        {
            var process = Folder(pid);
            var resident = File.ReadLines(Path.Combine(process, "status")).FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return resident is null ? null : new ProcessResources(
                long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10,
                Directory.GetFileSystemEntries(Path.Combine(process, "fd")).Length,
                Directory.GetDirectories(Path.Combine(process, "task")).Length);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether it was started for that file: a number may be another process's by now.</summary>
    public static bool IsOf(int pid, string configFile)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Folder(pid), "cmdline")).Split('\0').Contains(configFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>All that run for that file now.</summary>
    public static IReadOnlyList<int> AllOf(string configFile)
        => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(pid => IsOf(pid, configFile) && IsAlive(pid))];

    private static string Folder(int pid) => string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
}
