using System.Runtime.InteropServices;

namespace Evergrain.Cli.Supervision;

/// <summary>Signals that we send, by their numbers on Linux.</summary>
internal enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>kill(2): .NET itself can only send SIGKILL.</summary>
internal static partial class Signals
{
    /// <summary>Asks a process to end. False where it is gone, or where the system knows no signals.</summary>
    public static bool Terminate(int pid) => Send(pid, Signal.Terminate);

    /// <summary>False where the process is gone, or where the system knows no signals.</summary>
    public static bool Send(int pid, Signal signal) => !OperatingSystem.IsWindows() && Kill(pid, (int)signal) == 0;

    /// <summary>A signal's name for messages; null for one that a person need not know.</summary>
    public static string? NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
