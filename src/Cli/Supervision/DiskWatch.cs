using System.Globalization;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// Says once that the disk of logs and state is full, and once that it has room again. Nothing waits for it: a process whose log line cannot be
/// written goes on without that line, and nobody else would ever tell.
/// </summary>
/// <param name="folder">Where logs and state are.</param>
/// <param name="free">Bytes that are free there.</param>
/// <param name="output">Where it is said.</param>
internal sealed class DiskWatch(string folder, Func<string, long> free, TextWriter output)
{
    private const double MiB = 1 << 20;

    /// <summary>Below it a log line may fail any moment; a filesystem's last blocks are seldom all usable.</summary>
    private const long Full = 1 << 20;

    /// <summary>Well above, so that one rotated log does not count as room.</summary>
    private const long Room = 4 * Full;

    private bool _full;

    /// <summary>Bytes that this account may still write where <paramref name="folder"/> is.</summary>
    public static long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Looks until it is told to stop.</summary>
    public async Task RunAsync(TimeSpan interval, TimeProvider time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Look();
            await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal void Look()
    {
        long bytes;
        try
        {
            bytes = free(folder);
        }
        catch (IOException)
        {
            // Not mounted just now, or no filesystem that tells.
            return;
        }
        if (bytes < Full && !_full)
            Say($"warning: the disk of {folder} is full ({bytes / MiB:0.0} MiB free). Predictions go on; log lines are lost and a silo may not be able to join: make room");
        else if (bytes >= Room && _full)
            Say($"the disk of {folder} has room again ({bytes / MiB:0} MiB free)");
        else
            return;
        _full = !_full;
    }

    private void Say(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
