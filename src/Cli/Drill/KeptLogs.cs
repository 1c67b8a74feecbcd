namespace Evergrain.Cli.Drill;

/// <summary>Logs of a cluster in which something failed; the cluster's own folder goes with it.</summary>
internal static class KeptLogs
{
    public static void Copy(string logs, string to)
    {
        if (!Directory.Exists(logs))
            return;
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(logs))
        {
            // The processes may still be writing to them.
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = File.Create(Path.Combine(to, Path.GetFileName(file)));
            from.CopyTo(copy);
        }
    }
}
