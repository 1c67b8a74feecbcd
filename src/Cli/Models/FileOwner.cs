using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Evergrain.Cli.Models;

/// <summary>User and group of a file: what root writes must still be readable for the user that the silos run as. .NET does not know them.</summary>
internal static partial class FileOwner
{
    // statx(2): the same layout on every processor.
    private const int CurrentFolder = -100;
    private const uint OwnerAndGroup = 0x8 | 0x10;
    private const int StatxLength = 256;
    private const int OwnerAt = 20;
    private const int GroupAt = 24;

    /// <summary>Gives <paramref name="to"/> the user and group of <paramref name="from"/>; true where it has them already.</summary>
    public static bool TryCopy(string from, string to)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        return Of(from) is { } wanted && Of(to) is { } present && (wanted == present || Chown(to, wanted.User, wanted.Group) == 0);
    }

    private static (uint User, uint Group)? Of(string path)
    {
        Span<byte> stat = stackalloc byte[StatxLength];
        return Statx(CurrentFolder, path, 0, OwnerAndGroup, stat) == 0
            ? (BinaryPrimitives.ReadUInt32LittleEndian(stat[OwnerAt..]), BinaryPrimitives.ReadUInt32LittleEndian(stat[GroupAt..]))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> stat);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Chown(string path, uint user, uint group);
}
