using System.Globalization;
using Evergrain.Cli.Drill.Network;

namespace Evergrain.Cli.Drill.Slowing;

/// <summary>A control group with a quota, and one process in it.</summary>
internal sealed class CpuGroup : ICpuLimit
{
    private const int PeriodMicroseconds = 100_000;

    private readonly ControlGroups _groups;
    private readonly string _folder;

    /// <exception cref="IOException">The system refuses it; nothing has changed then.</exception>
    public CpuGroup(ControlGroups groups, int pid, int percent)
    {
        _groups = groups;
        RemoveLeftovers(groups);
        _folder = Path.Combine(groups.Root, AddressPlan.Name(Environment.ProcessId, "slow"));
        Directory.CreateDirectory(_folder);
        try
        {
            var quota = Number(PeriodMicroseconds / 100 * percent);
            if (groups.Version == 1)
            {
                File.WriteAllText(Path.Combine(_folder, "cpu.cfs_period_us"), Number(PeriodMicroseconds));
                File.WriteAllText(Path.Combine(_folder, "cpu.cfs_quota_us"), quota);
            }
            else
            {
                File.WriteAllText(Path.Combine(groups.Root, "cgroup.subtree_control"), "+cpu");
                File.WriteAllText(Path.Combine(_folder, "cpu.max"), $"{quota} {Number(PeriodMicroseconds)}");
            }
            Move(pid, _folder);
        }
        catch
        {
            Directory.Delete(_folder);
            throw;
        }
    }

    public string By => $"cgroup v{_groups.Version}";

    public ValueTask DisposeAsync()
    {
        Remove(_folder, _groups.Own);
        return ValueTask.CompletedTask;
    }

    /// <summary>A drill that was killed has left its silo slow for ever.</summary>
    private static void RemoveLeftovers(ControlGroups groups)
    {
        var names = Directory.EnumerateDirectories(groups.Root).Select(folder => Path.GetFileName(folder)!);
        foreach (var name in AddressPlan.Leftovers(names, pid => Directory.Exists($"/proc/{pid}")))
            Remove(Path.Combine(groups.Root, name), groups.Root);
    }

    /// <summary>A group can be removed when nobody is in it.</summary>
    private static void Remove(string folder, string elsewhere)
    {
        foreach (var pid in File.ReadAllLines(Path.Combine(folder, "cgroup.procs")))
            Move(int.Parse(pid, CultureInfo.InvariantCulture), elsewhere);
        Directory.Delete(folder);
    }

    private static void Move(int pid, string group) => File.WriteAllText(Path.Combine(group, "cgroup.procs"), Number(pid));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
