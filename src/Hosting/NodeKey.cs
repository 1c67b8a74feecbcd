using System.Security.Cryptography;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting;

/// <summary>
/// The key with which `evergrain` on this server calls its own gateways, where the YAML asks callers for keys: .evergrain/node.key, readable by the user that the
/// processes run as and by nobody else.
/// </summary>
public static class NodeKey
{
    private const int KeyBytes = 32;

    /// <summary>Null where there is none, or this user may not read it.</summary>
    public static string? Read(EvergrainConfig config) => TryRead(FileOf(config));

    /// <summary>The key; made where there is none yet. Null where the folder cannot be written.</summary>
    public static string? ReadOrCreate(EvergrainConfig config)
    {
        var file = FileOf(config);
        if (TryRead(file) is { } known) return known;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            // Whole or not at all: another process may look at the same moment.
            var part = $"{file}.{Environment.ProcessId}";
            using (var writer = new StreamWriter(part, options)) writer.Write("eg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes)));
            File.Move(part, file, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process was first, or the folder cannot be written.
        }

        return TryRead(file);
    }

    private static string FileOf(EvergrainConfig config) => Path.Combine(config.StateFolder, "node.key");

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
