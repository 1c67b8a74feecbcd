using System.Globalization;
using Evergrain.Cli.Drill.Network;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>A small filesystem in memory over a folder, that can be filled to the last byte.</summary>
internal sealed class FullDisk : IAsyncDisposable
{
    private const int MiB = 64;

    private readonly string _folder;

    private FullDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <exception cref="UserException">It cannot be mounted.</exception>
    public static async Task<FullDisk> MountAsync(string folder, CancellationToken cancellationToken)
    {
        await UnmountLeftoversAsync();
        Directory.CreateDirectory(folder);
        await ToolRun.RequireAsync("mount",
            ["-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={MiB}m,mode=755"), AddressPlan.Name(Environment.ProcessId, "disk"), folder], cancellationToken);
        return new FullDisk(folder);
    }

    /// <summary>Takes what is free.</summary>
    public void Fill()
    {
        var block = new byte[1 << 16];
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        // Ever smaller pieces: the last block counts.
        for (var size = block.Length; size > 0; size /= 2)
        {
            try
            {
                while (true)
                    filler.Write(block, 0, size);
            }
            catch (IOException)
            {
                // No room for a piece of that size.
            }
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Filler);

    // Lazily: whoever still holds a file on it must not keep the drill from ending.
    public async ValueTask DisposeAsync() => await ToolRun.RunAsync("umount", ["-l", _folder], CancellationToken.None);

    /// <summary>What a drill that was killed has left.</summary>
    private static async Task UnmountLeftoversAsync()
    {
        var mounts = File.ReadAllLines("/proc/mounts").Select(line => line.Split(' ')).Where(mount => mount.Length > 2 && mount[2] == "tmpfs").ToList();
        var left = AddressPlan.Leftovers(mounts.Select(m => m[0]).Distinct(), pid => Directory.Exists($"/proc/{pid}"));
        foreach (var mount in mounts.Where(m => left.Contains(m[0])))
            await ToolRun.RunAsync("umount", ["-l", mount[1]], CancellationToken.None);
    }
}
