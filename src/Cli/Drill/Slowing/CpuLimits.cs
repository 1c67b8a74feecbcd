namespace Evergrain.Cli.Drill.Slowing;

/// <summary>Slows a process by what this machine has: a control group, else signals.</summary>
internal static class CpuLimits
{
    /// <param name="pid">The process.</param>
    /// <param name="percent">Of one core.</param>
    /// <param name="time">The clock of the signals.</param>
    public static ICpuLimit Apply(int pid, int percent, TimeProvider time)
    {
        try
        {
            if (ControlGroups.Find(pid) is { } groups)
                return new CpuGroup(groups, pid, percent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Mounted, but not ours to write: a container, or an account without the right. Signals do about the same.
        }
        return new CpuTicks(pid, percent, time);
    }
}
