using Evergrain.Cli;
using Evergrain.Cli.Models;

namespace Evergrain.UnitTests.Cli.Models;

public sealed class PackageSummaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_Package_NameAndVersionAndPlainFolder()
    {
        Write("""{ "name": "mood", "version": "1.1", "labels": [] }""");

        Assert.Equal(new PackageSummary(_folder, "mood", "1.1"), PackageSummary.Read(_folder + Path.DirectorySeparatorChar));
    }

    [Theory]
    [InlineData(null, "is no model package: it has no model.json")]
    [InlineData("", "model.json cannot be read: ")]
    [InlineData("{ \"name\": ", "model.json cannot be read: ")]
    [InlineData("[]", "model.json has no 'name'")]
    [InlineData("{ \"version\": \"1\" }", "model.json has no 'name'")]
    [InlineData("{ \"name\": \"mood\", \"version\": \" \" }", "model.json has no 'version'")]
    [InlineData("{ \"name\": \"mood\", \"version\": 2 }", "model.json has no 'version'")]
    public void Read_NoPackage_SaysWhy(string? manifest, string expected)
    {
        if (manifest is not null) Write(manifest);

        var error = Assert.Throws<UserException>(() => PackageSummary.Read(_folder));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }

    [Fact]
    public void Read_NoFolder_SaysWhere()
    {
        var error = Assert.Throws<UserException>(() => PackageSummary.Read(Path.Combine(_folder, "modles")));

        Assert.Equal($"there is no folder {Path.Combine(_folder, "modles")}", error.Message);
    }

    private void Write(string manifest) => File.WriteAllText(Path.Combine(_folder, "model.json"), manifest);
}
