using System.Runtime.InteropServices;
using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.Cli.Drill.Network;

/// <summary>iproute2 and nftables, and whether this machine lets us use them.</summary>
internal static partial class NetworkTools
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>ip(8); null where it is not installed.</summary>
    public static string? Ip { get; } = Find("ip");

    private static string? Nft { get; } = Find("nft");

    /// <summary>keepalived(8); null where it is not installed.</summary>
    public static string? Keepalived { get; } = Find("keepalived");

    /// <summary>Why there can be no networks of the drill's own here; null where there can.</summary>
    public static string? WhyNot { get; } = Missing();

    /// <exception cref="UserException">It failed or takes longer than 10 s; with its own words.</exception>
    public static async Task<string> RunIpAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var all = arguments.ToList();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await ToolRun.RequireAsync(Ip ?? throw new UserException("ip is not installed"), all, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UserException($"ip {string.Join(' ', all)} has not ended within {Limit.TotalSeconds:0} s");
        }
    }

    /// <summary>Gives nft(8) a rule set inside a namespace; all of it is taken or nothing.</summary>
    public static Task RunNftAsync(string networkNamespace, string rules, CancellationToken cancellationToken)
        => RunIpAsync(["netns", "exec", networkNamespace, Nft ?? throw new UserException("nft is not installed"), rules], cancellationToken);

    private static string? Missing() =>
        !OperatingSystem.IsLinux() ? "needs network namespaces, which only Linux has"
        : !Environment.IsPrivilegedProcess ? "needs root: it makes network namespaces"
        : Ip is null ? "needs ip: install the iproute2 package"
        : Nft is null ? "needs nft: install the nftables package"
        : !MayUnshare() ? "may not make network namespaces here: a container needs --privileged for it"
        : null;

    /// <summary>sbin belongs to root, whose PATH may lack it.</summary>
    private static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin"])
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Tries it, on a thread that ends at once: root in a container often may not.</summary>
    private static bool MayUnshare()
    {
        var done = false;
        var thread = new Thread(() => done = Unshare(NetworkNamespace.CloneNewNet) == 0);
        thread.Start();
        thread.Join();
        return done;
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unshare(int flags);
}
