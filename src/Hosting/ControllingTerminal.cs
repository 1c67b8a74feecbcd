using System.Runtime.InteropServices;

namespace Evergrain.Hosting;

/// <summary>
/// Tells the two meanings of SIGHUP apart: "the terminal that you were started from is gone", which stops a process as ever, and "read your settings anew".
/// </summary>
public static partial class ControllingTerminal
{
    private const string Device = "/dev/tty";
    private const int SigHup = 1;
    private const nint Default = 0;
    private const nint Ignored = 1;

    // Both at once, at the first use: whether nohup stands in front is known until the signal is taken back.
    private static readonly bool Had = !TakeBackSignal() && Opens();

    /// <summary>There was one at the start, and it is gone: the kernel takes it from every process of the session before it signals one. Never true
    /// under nohup, whose wish is that nothing comes of it.</summary>
    public static bool IsLost => Had && !Opens();

    /// <summary>To be called at the start, before anything listens to SIGHUP.</summary>
    public static void Remember() => _ = Had;

    /// <summary>nohup, and some supervisors, start programs with SIGHUP ignored. .NET leaves it at that, and nobody would ever hear of a reload.</summary>
    /// <returns>Whether it was ignored.</returns>
    private static bool TakeBackSignal()
    {
        if (OperatingSystem.IsWindows()) return false;
        var before = SetHandler(SigHup, Default);
        if (before is not (Default or Ignored)) SetHandler(SigHup, before);
        return before == Ignored;
    }

    private static bool Opens()
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            using var terminal = File.OpenHandle(Device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetHandler(int signal, nint handler);
}
