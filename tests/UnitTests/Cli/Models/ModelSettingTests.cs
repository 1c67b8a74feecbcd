using System.Diagnostics;
using System.Text;
using Evergrain.Cli;
using Evergrain.Cli.Models;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Cli.Models;

public sealed class ModelSettingTests : IDisposable
{
    private const string Text = "# 一个文件\nmodel: { name: mood, path: models/default } # 目录\nlimits: { texts: 7 }\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-").FullName;
    private readonly string _file;

    public ModelSettingTests()
    {
        _file = Path.Combine(_folder, "evergrain.yaml");
        File.WriteAllText(_file, Text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("models/new", "models/new")]
    [InlineData("models/新 版", "'models/新 版'")]
    [InlineData("../elsewhere", null)]
    [InlineData("/srv/models/new", "/srv/models/new")]
    public void Write_Package_RelativeWhereItLiesBelowTheFile(string package, string? expected)
    {
        var path = Path.GetFullPath(package, _folder);

        Prepare(path).Write();

        Assert.Equal(Text.Replace("models/default", expected ?? path, StringComparison.Ordinal), File.ReadAllText(_file));
        Assert.Equal(path, ConfigLoader.Load(_file).Model.Path);
        Assert.Equal([_file], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Restore_Written_TheSameBytesWithMarkAndLineEnds()
    {
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text.Replace("\n", "\r\n", StringComparison.Ordinal))];
        File.WriteAllBytes(_file, bytes);
        var setting = Prepare("/srv/new");
        setting.Write();
        var written = File.ReadAllBytes(_file);
        Assert.Equal("/srv/new", ConfigLoader.Load(_file).Model.Path);
        Assert.Equal(Encoding.UTF8.Preamble, written.AsSpan(0, 3));

        setting.Restore();

        Assert.Equal(bytes, File.ReadAllBytes(_file));
    }

    [Fact]
    public void Restore_NoSectionBefore_ItIsGone()
    {
        File.WriteAllText(_file, "limits: { texts: 7 }");
        var setting = Prepare("/srv/new");
        setting.Write();
        Assert.Equal("limits: { texts: 7 }\nmodel: { path: /srv/new }\n", File.ReadAllText(_file));

        setting.Restore();

        Assert.Equal("limits: { texts: 7 }", File.ReadAllText(_file));
    }

    [Fact]
    public void WriteAndRestore_FileEditedMeanwhile_TheEditStays()
    {
        var setting = Prepare("/srv/new");
        File.AppendAllText(_file, "# 一\n");
        setting.Write();
        Assert.Equal(Text.Replace("models/default", "/srv/new", StringComparison.Ordinal) + "# 一\n", File.ReadAllText(_file));
        File.AppendAllText(_file, "# 二\n");

        setting.Restore();

        Assert.Equal(Text + "# 一\n# 二\n", File.ReadAllText(_file));
    }

    [Fact]
    public void Write_NamesItAlready_FileStaysTheSame()
    {
        var setting = Prepare(Path.Combine(_folder, "models", "default"));

        setting.Write();

        Assert.Equal(Text, File.ReadAllText(_file));
    }

    [Fact]
    public void Write_ModeAndLink_AreKept()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("modes are of Unix");
            return;
        }

        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        var link = Path.Combine(_folder, "link.yaml");
        File.CreateSymbolicLink(link, _file);
        File.SetUnixFileMode(_file, Mode);

        ModelSetting.Prepare(ConfigLoader.Load(link), "/srv/new").Write();

        Assert.Equal(Mode, File.GetUnixFileMode(_file));
        Assert.Equal(_file, File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName);
        Assert.Equal("/srv/new", ConfigLoader.Load(_file).Model.Path);
    }

    [Fact]
    public void Write_ByRoot_TheFileStaysItsOwners()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root may give files away");
        Run("chown", "12345:12346", _file);

        Prepare("/srv/new").Write();

        Assert.Equal("12345:12346", Run("stat", "--format", "%u:%g", _file).Trim());
        Assert.Equal("/srv/new", ConfigLoader.Load(_file).Model.Path);
    }

    [Theory]
    [InlineData("/srv/models/a-longer-name")]
    [InlineData("/m")]
    public void Write_NoFileBesideItCanBeMade_InPlace(string package)
    {
        var blocked = Directory.CreateDirectory(Path.Combine(_folder, ".evergrain.yaml.new"));
        using var open = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

        Prepare(package).Write();

        using var reader = new StreamReader(open, Encoding.UTF8);
        Assert.Equal(Text.Replace("models/default", package, StringComparison.Ordinal), reader.ReadToEnd());
        Assert.True(blocked.Exists);
    }

    [Fact]
    public void Write_FileIsGone_SaysSo()
    {
        var setting = Prepare("/srv/new");
        File.Delete(_file);

        var error = Assert.Throws<UserException>(setting.Write);

        Assert.StartsWith($"{_file} cannot be read: ", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_file));
    }

    [Fact]
    public void Prepare_NotUtf8_RefusedBeforeAnythingIsTouched()
    {
        // GBK, as some editors write it.
        byte[] bytes = [(byte)'#', 0xD6, 0xD0, 0xCE, 0xC4, (byte)'\n'];
        File.WriteAllBytes(_file, bytes);

        var error = Assert.Throws<UserException>(() => Prepare("/srv/new"));

        Assert.Equal(2, error.ExitCode);
        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(_file));
    }

    [Theory]
    [InlineData("model:\n  path: &p here\nsilos:\n  - name: one\n    node: *p\n", "'*p' refers to no earlier anchor")]
    [InlineData("model: { name: mood, path: x }\n? path\n", "unknown key")]
    public void Prepare_WouldNotReadBack_Refused(string text, string expected)
    {
        var config = ConfigLoader.Load(_file);
        File.WriteAllText(_file, text);

        var error = Assert.Throws<UserException>(() => ModelSetting.Prepare(config, "/srv/new"));

        Assert.StartsWith($"{_file}: model.path cannot be rewritten", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_file));
    }

    private ModelSetting Prepare(string package) => ModelSetting.Prepare(ConfigLoader.Load(_file), package);

    private static string Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
