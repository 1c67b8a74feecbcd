using System.ComponentModel;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Evergrain.Cli.Drill.Network;

/// <summary>A network namespace: its own interfaces, addresses and packet rules, as a server of its own has them.</summary>
internal sealed partial class NetworkNamespace
{
    /// <summary>For setns(2) and unshare(2).</summary>
    public const int CloneNewNet = 0x40000000;

    private const string Folder = "/run/netns";
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <exception cref="UserException">It cannot be made: no right, no iproute2, a name that exists.</exception>
    public static async Task<NetworkNamespace> CreateAsync(string name, CancellationToken cancellationToken)
    {
        await NetworkTools.RunIpAsync(["netns", "add", name], cancellationToken);
        var created = new NetworkNamespace(name);
        await created.IpAsync(["link", "set", "lo", "up"], cancellationToken);
        return created;
    }

    /// <summary>Names of all that exist on this machine, whoever made them.</summary>
    public static IReadOnlyList<string> List()
        => Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file))] : [];

    /// <summary>Removes the name. The namespace itself, its interfaces and rules go with the last process in it.</summary>
    public static Task DeleteAsync(string name) => NetworkTools.RunIpAsync(["netns", "delete", name], CancellationToken.None);

    /// <summary>Processes that run in a namespace.</summary>
    public static async Task<IReadOnlyList<int>> ProcessesAsync(string name)
    {
        var output = await NetworkTools.RunIpAsync(["netns", "pids", name], CancellationToken.None);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];
    }

    /// <summary>ip(8) inside this namespace.</summary>
    public Task IpAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => NetworkTools.RunIpAsync(["-n", Name, .. arguments], cancellationToken);

    /// <summary>
    /// Runs <paramref name="create"/> inside this namespace. A socket belongs for ever to the namespace of the thread that made it,
    /// so a thread of its own enters the namespace, makes the socket and ends; any thread may use the socket afterwards. The pool's
    /// threads are never moved: what else runs on them would end up in the wrong network.
    /// </summary>
    /// <exception cref="Win32Exception">The namespace cannot be entered.</exception>
    public T Inside<T>(Func<T> create)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = create();
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = Name };
        thread.Start();
        thread.Join();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return result!;
    }

    private void Enter()
    {
        var descriptor = Open(Path.Combine(Folder, Name), ReadOnlyCloseOnExec);
        if (descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (SetNs(descriptor, CloneNewNet) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"setns {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNs(int descriptor, int kind);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
