using System.Text;
using Evergrain.Hosting.Configuration;
using YamlDotNet.Core;

namespace Evergrain.Cli.Models;

/// <summary>Rewrites model.path in the file and nothing else, not a byte. Somebody may edit the file meanwhile: it is read anew each time.</summary>
internal sealed class ModelSetting : IModelSetting
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _package;
    private byte[]? _original;
    private byte[]? _written;

    private ModelSetting(EvergrainConfig config, string package)
    {
        (File, Before) = (config.File, config.Model.Path);
        _package = package;
    }

    public string File { get; }

    public string Before { get; }

    /// <param name="config">What the file says now.</param>
    /// <param name="package">Absolute path of the new package.</param>
    /// <exception cref="UserException">The path is written in a way that cannot be edited. Found before any silo is asked.</exception>
    public static ModelSetting Prepare(EvergrainConfig config, string package)
    {
        var setting = new ModelSetting(config, package);
        setting.Edit(setting.Read(), package);
        return setting;
    }

    public void Write()
    {
        var now = Read();
        var changed = Edit(now, _package);
        Replace(changed);
        (_original, _written) = (now, changed);
    }

    public void Restore()
    {
        var now = Read();
        Replace(_original is not null && now.AsSpan().SequenceEqual(_written) ? _original : Edit(now, Before));
    }

    private byte[] Read()
    {
        try
        {
            return System.IO.File.ReadAllBytes(File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{File} cannot be read: {e.Message}");
        }
    }

    private void Replace(byte[] content)
    {
        try
        {
            FileReplacement.Write(File, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{File} cannot be written: {e.Message}");
        }
    }

    private byte[] Edit(byte[] content, string package)
    {
        var mark = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        try
        {
            var text = Strict.GetString(content.AsSpan(mark));
            var before = ConfigLoader.Parse(text, File).Model;
            if (before.Path == package)
                return content;
            var edited = ModelPathEdit.Apply(text, Written(package));
            return ConfigLoader.Parse(edited, File).Model == before with { Path = package }
                ? [.. content.AsSpan(0, mark), .. Strict.GetBytes(edited)]
                : throw NotEdited("it is written in an unusual way");
        }
        catch (DecoderFallbackException)
        {
            throw NotEdited("the file is not UTF-8");
        }
        catch (Exception e) when (e is YamlException or ConfigException)
        {
            throw NotEdited(e.Message.ReplaceLineEndings(" "));
        }
    }

    /// <summary>Relative where the package lies below the file's folder, so that both can be copied to another place.</summary>
    private string Written(string package)
    {
        var relative = Path.GetRelativePath(Path.GetDirectoryName(File)!, package);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? package : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    private UserException NotEdited(string why)
        => new($"{File}: model.path cannot be rewritten ({why}); write it by hand, then ./evergrain restart --rolling", exitCode: 2);
}
