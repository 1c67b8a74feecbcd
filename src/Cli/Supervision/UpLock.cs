using System.Globalization;

namespace Evergrain.Cli.Supervision;

/// <summary>One <c>up</c> a node. The kernel lets go of the lock however the process ends.</summary>
internal sealed class UpLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _pidFile;

    private UpLock(FileStream file, string pidFile)
    {
        _file = file;
        _pidFile = pidFile;
    }

    /// <exception cref="UserException">Another <c>up</c> holds it; says which.</exception>
    public static UpLock Take(StateFolder folder, string node)
    {
        var path = folder.LockOf(node);
        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException && File.Exists(path))
        {
            throw new UserException($"node '{node}' is already up (pid {HolderOf(folder, node)}); stop that one first");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot write to {Path.GetDirectoryName(path)}: {e.Message}");
        }
        // A file of its own: nobody can read the locked one.
        File.WriteAllText(folder.PidOf(node), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new UpLock(file, folder.PidOf(node));
    }

    public void Dispose()
    {
        // First: once the lock is free the file may be the next one's.
        File.Delete(_pidFile);
        _file.Dispose();
    }

    private static string HolderOf(StateFolder folder, string node)
    {
        try
        {
            return File.ReadAllText(folder.PidOf(node)).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
