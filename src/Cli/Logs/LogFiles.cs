using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Evergrain.Cli.Logs;

/// <summary>A process's log: NAME.log and, once that was full, NAME_001.log, NAME_002.log and so on; the oldest are deleted.</summary>
internal sealed class LogFiles(string path, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Oldest first.</summary>
    private List<string> Files
    {
        get
        {
            var folder = Path.GetDirectoryName(path)!;
            var name = Path.GetFileNameWithoutExtension(path);
            return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateFiles(folder, $"{name}*.log")
                .Select(file => (File: file, Number: NumberOf(Path.GetFileNameWithoutExtension(file), name)))
                .Where(f => f.Number is not null).OrderBy(f => f.Number).Select(f => f.File)];
        }
    }

    public bool Exist => Files.Count > 0;

    /// <summary>The last lines.</summary>
    /// <param name="count">At most.</param>
    /// <param name="end">Where the following ones will be.</param>
    public IReadOnlyList<string> Tail(int count, out Position end)
    {
        var files = Files;
        end = new Position(path, 0);
        List<string> lines = [];
        for (var i = files.Count - 1; i >= 0 && (lines.Count < count || i == files.Count - 1); i--)
        {
            var read = Read(new Position(files[i], 0), out var after);
            if (i == files.Count - 1) end = after;
            lines.InsertRange(0, read.TakeLast(count - lines.Count));
        }

        return lines;
    }

    /// <summary>Each line that is written from there on, as it comes.</summary>
    public async IAsyncEnumerable<string> FollowAsync(Position start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = start;
        while (true)
        {
            foreach (var line in Read(position, out position)) yield return line;
            // Looked for after the read: once there is a next file, nothing is written to this one.
            if (Files.SkipWhile(file => file != position.File).Skip(1).FirstOrDefault() is { } next)
            {
                foreach (var line in Read(position, out position)) yield return line;
                position = new Position(next, 0);
                continue;
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>Whole lines only: the last one may still be being written.</summary>
    private static List<string> Read(Position start, out Position after)
    {
        after = start;
        try
        {
            using var file = new FileStream(start.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Shorter than what was read of it: another file under the same name.
            var offset = file.Length < start.Offset ? 0 : start.Offset;
            file.Position = offset;
            using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            var text = reader.ReadToEnd();
            var whole = text[..(text.LastIndexOf('\n') + 1)];
            after = start with { Offset = offset + Encoding.UTF8.GetByteCount(whole) };
            return [.. whole.Split('\n').SkipLast(1).Select(line => line.TrimEnd('\r'))];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // Not written yet, or rolled away.
            return [];
        }
    }

    private static int? NumberOf(string file, string name)
        => file == name ? 0
            : file.Length > name.Length && file[name.Length] == '_'
                && int.TryParse(file.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : null;

    /// <summary>A file and how many of its bytes were read.</summary>
    internal readonly record struct Position(string File, long Offset);
}
