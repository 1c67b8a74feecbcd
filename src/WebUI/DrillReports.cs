namespace Evergrain.WebUI;

/// <summary>Finds the report of the last fault drill.</summary>
/// <param name="stateFolder">.evergrain beside the YAML, where `evergrain drill` puts its reports.</param>
/// <param name="programFolder">Of this program, where the release's own report lies.</param>
internal sealed class DrillReports(string stateFolder, string programFolder)
{
    /// <summary>The newest of this installation; else the one that came with the release; null where there is none.</summary>
    public FileInfo? Newest => Own.OrderByDescending(f => f.LastWriteTimeUtc).FirstOrDefault() ?? Shipped;

    private IEnumerable<FileInfo> Own
    {
        get
        {
            var folder = new DirectoryInfo(Path.Combine(stateFolder, "drill"));
            return folder.Exists ? folder.EnumerateDirectories().SelectMany(d => d.EnumerateFiles("drill.html")) : [];
        }
    }

    private FileInfo? Shipped => new FileInfo(Path.Combine(programFolder, "faults.html")) is { Exists: true } file ? file : null;
}
