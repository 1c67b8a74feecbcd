using System.Text;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// NAME.out: what a child writes to stdout and stderr. Its log has a file of its own; here are the words of a process that could
/// not log (wrong configuration, crash of the runtime).
/// </summary>
internal sealed class OutputFile(string path)
{
    private const long RotateAbove = 10 * 1024 * 1024;
    private const int TailBytes = 4096;

    private long _start;

    public string Path { get; } = path;

    /// <summary>Makes room and marks where the output of the process that starts now begins.</summary>
    public void Begin()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var file = new FileInfo(Path);
        if (file.Exists && file.Length > RotateAbove)
            file.MoveTo(Path + ".1", overwrite: true);
        _start = File.Exists(Path) ? new FileInfo(Path).Length : 0;
    }

    /// <summary>The last lines of what was written since <see cref="Begin"/>.</summary>
    public string Tail()
    {
        try
        {
            using var file = Open(FileMode.Open, FileAccess.Read);
            file.Position = Math.Max(_start, file.Length - TailBytes);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd().Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Copies a child's redirected streams; only where no shell can open the file for it.</summary>
    public async Task PumpAsync(params Stream[] streams)
    {
        using var file = Open(FileMode.Append, FileAccess.Write);
        using var oneAtATime = new SemaphoreSlim(1);
        await Task.WhenAll(streams.Select(CopyAsync));

        async Task CopyAsync(Stream stream)
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                await oneAtATime.WaitAsync();
                try
                {
                    await file.WriteAsync(buffer.AsMemory(0, count));
                    await file.FlushAsync();
                }
                finally
                {
                    oneAtATime.Release();
                }
            }
        }
    }

    private FileStream Open(FileMode mode, FileAccess access) => new(Path, mode, access, FileShare.ReadWrite | FileShare.Delete);
}
