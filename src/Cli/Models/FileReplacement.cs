namespace Evergrain.Cli.Models;

/// <summary>Gives a file another content. Whoever reads it meanwhile sees the old one or the new one, where the system allows that.</summary>
internal static class FileReplacement
{
    /// <summary>By a rename where the new file can have the old one's owner and mode; in place where not (a folder that is read-only, a
    /// single file that is mounted into a container).</summary>
    /// <exception cref="IOException">Neither can be done, or the file is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither is allowed.</exception>
    public static void Write(string file, byte[] content)
    {
        // The file behind a link: the link stays.
        var target = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        if (!TryRename(target, content))
            Overwrite(target, content);
    }

    private static bool TryRename(string target, byte[] content)
    {
        var copy = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.new");
        try
        {
            // Never, not even empty, open to more people than the old one: a connection string may hold a password.
            using (var file = Create(copy))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            if (!FileOwner.TryCopy(target, copy))
                return false;
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(copy, File.GetUnixFileMode(target));
            File.Move(copy, target, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            TryDelete(copy);
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static void Overwrite(string target, byte[] content)
    {
        using var file = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        // Not truncated first: a reader must not find it empty.
        file.Write(content);
        file.SetLength(content.Length);
        file.Flush(flushToDisk: true);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What stands there is no file of ours.
        }
    }
}
