using System.Text.Json;
using Evergrain.Cli.Models;
using Evergrain.Hosting.Configuration;
using YamlDotNet.Core;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>In the data § marks what is replaced or where is added: everything else must stay as it is.</summary>
public class ModelPathEditTests
{
    private const string Path = "models/新版-1.1";

    private static readonly string File = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "somewhere", "evergrain.yaml");

    [Theory]
    [InlineData("model:    { name: mood, path: §models/default§ }\n")]
    [InlineData("model: {name: mood, path: §models/default§}")]
    [InlineData("model: { path: §models/default§, name: mood }  # 模型 😀\n")]
    [InlineData("# 中文注释 😀😀\nmodel:\n  # 目录\n  name: mood # 名称\n  path: §models/default§ # 路径\nlimits: { texts: 7 }\n")]
    [InlineData("model:\r\n  name: mood\r\n  path: §models/default§\r\n\r\n# 结束\r\nlimits: { texts: 7 }\r\n")]
    [InlineData("model:\n    path:    §models/default§    \n    name: mood\n")]
    [InlineData("model:\n  path: §models/a b c§\n  name: mood\n")]
    [InlineData("model:\n  path: §models/a\n    b§\n  name: mood\n")]
    [InlineData("model:\n  path:\n    §models/default§\n  name: mood\n")]
    [InlineData("model: { path: §!!str models/default§, name: mood }\n")]
    [InlineData("limits: { texts: 7 }\nmodel: &m { path: §models/default§ }\n")]
    [InlineData("model: {\n  name: mood,\n  # 目录\n  path: §models/default§, # 路径\n}\n")]
    [InlineData("{ cluster: { id: blue }, model: { name: mood, path: §models/default§ } }\n")]
    [InlineData("---\nmodel: { name: mood, path: §models/default§ }\n...\n")]
    [InlineData("silos:\n  - { name: &n one }\n  - { name: two }\nmodel: { name: *n , path: §models/default§ }\n")]
    [InlineData("limits: { texts: 7 }\nengine:\n  slots: 1 # 'path: x'\n\nmodel: { \"name\": \"mood\", \"path\": §models/default§ }\n\n")]
    public void Apply_Present_OnlyTheScalarIsReplaced(string marked) => RequireEdit(marked, Path);

    [Theory]
    [InlineData("model: { name: mood, path: §'models/default'§ }\n", $"'{Path}'")]
    [InlineData("model: { name: mood, path: §\"models/default\"§ } # \"\n", $"\"{Path}\"")]
    [InlineData("model:\n  path: §\"models/\\\n    default\"§\n  name: mood\n", $"\"{Path}\"")]
    public void Apply_Quoted_StaysQuoted(string marked, string expected) => RequireEdit(marked, expected);

    [Theory]
    [InlineData("model:\n  path:§ # 默认\n  name: mood\n", $" {Path}")]
    [InlineData("model: { path:§, name: mood }\n", $" {Path}")]
    [InlineData("model: { path: §~§, name: mood }\n", Path)]
    [InlineData("model:\n  name: mood\n  path:§", $" {Path}")]
    [InlineData("model:\n  path: §>-\n    models/default\n§  name: mood\n", $"{Path}\n")]
    [InlineData("model:\r\n  path: §|-\r\n    models/default\r\n§  name: mood\r\n", $"{Path}\r\n")]
    [InlineData("limits: { texts: 7 }\nmodel:\n  name: *m\n  path: §*p§ # 目录\n", Path, "engine: { slots: 1 }\nwebuis:\n  - name: &m mood\n    node: &p models\n")]
    public void Apply_EmptyOrABlockOrAnAlias_IsReplaced(string marked, string expected, string before = "")
        => RequireEdit(before + marked, expected);

    [Theory]
    [InlineData("model: { §name: mood }\n", $"path: {Path}, ")]
    [InlineData("model: {§}\n", $" path: {Path} ")]
    [InlineData("model: { §}\n", $"path: {Path} ")]
    [InlineData("# 模型\nmodel:\n  # 名称\n  §name: mood # 默认\n", $"path: {Path}\n  ")]
    [InlineData("model:\r\n    §name: mood\r\n", $"path: {Path}\r\n    ")]
    [InlineData("model:§\n  # name: mood\nlimits: { texts: 7 }\n", $" {{ path: {Path} }}")]
    [InlineData("model: §null§ # 模型\n", $"{{ path: {Path} }}")]
    public void Apply_NoPath_IsAdded(string marked, string expected) => RequireEdit(marked, expected);

    [Theory]
    [InlineData("§")]
    [InlineData("# 只有注释\n§")]
    [InlineData("# 只有注释§", "\n")]
    [InlineData("---\n§")]
    [InlineData("cluster: { id: blue } # 集群\n§\n# Silos 做工作。\nsilos:\n  - { name: one }\n")]
    [InlineData("cluster:\n  id: blue\n§  # model: { path: x }\nlimits: { texts: 7 }\n")]
    [InlineData("# 集群\r\ncluster:\r\n  membership:\r\n    provider: sqlite # 文件\r\n§\r\n# model: { name: mood, path: models/default }\r\nlimits: { texts: 7 }\r\n", "", "\r\n")]
    [InlineData("limits: { texts: 7 }§", "\n")]
    [InlineData("silos:\n- name: one\n  devices: [\n    cpu ] # 设备\n§\nlimits: { texts: 7 }\n")]
    [InlineData("limits:\n§")]
    [InlineData("cluster: {\n  id: blue,\n} # 集群\n§limits: { texts: 7 }\n")]
    public void Apply_NoSection_IsAddedBehindTheFirst(string marked, string before = "", string lineEnd = "\n")
        => RequireEdit(marked, $"{before}model: {{ path: {Path} }}{lineEnd}");

    [Theory]
    [InlineData("  cluster: { id: blue }\n§  limits: { texts: 7 }\n", $"  model: {{ path: {Path} }}\n")]
    [InlineData("{ §limits: { texts: 7 } }\n", $"model: {{ path: {Path} }}, ")]
    [InlineData("{§}\n", $" model: {{ path: {Path} }} ")]
    public void Apply_NoSectionUnusualRoot_IsAdded(string marked, string expected) => RequireEdit(marked, expected);

    [Theory]
    [InlineData("/srv/models/a b")]
    [InlineData("/srv/it's/模型 #1")]
    [InlineData("/srv/a: b, c}")]
    [InlineData("-x")]
    [InlineData("null")]
    [InlineData("@x")]
    [InlineData("a\\b\"c")]
    [InlineData("/srv/😀")]
    [InlineData("~/x")]
    [InlineData("1.5")]
    [InlineData("true")]
    public void Apply_OddPaths_ReadBackInEveryShape(string path)
    {
        foreach (var text in new[] { "model: { path: x, name: mood }\n", "model: { path: \"x\" }\n", "model:\n  path: 'x'\n", "model:\n  path: x\n", "model: { name: mood }\n", "" })
            Assert.Equal(System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(File)!), ConfigLoader.Parse(ModelPathEdit.Apply(text, path), File).Model.Path);
    }

    [Theory]
    [InlineData("limits: &m { texts: 7 }\nmodel: *m\n")]
    [InlineData("model: [x]\n")]
    [InlineData("model: { path: [x] }\n")]
    public void Apply_ShapeThatItDoesNotKnow_Throws(string text)
        => Assert.ThrowsAny<YamlException>(() => ModelPathEdit.Apply(text, Path));

    [Fact]
    public void Apply_FileOfTheRepository_OneValueChanges()
    {
        var file = System.IO.Path.Combine(TestData.Root, "evergrain.yaml");
        var text = System.IO.File.ReadAllText(file);

        var edited = ModelPathEdit.Apply(text, "models/new");

        Assert.Equal(text.Replace("path: models/default", "path: models/new", StringComparison.Ordinal), edited);
        Assert.NotEqual(text, edited);
        RequireRestEqual(text, edited);
    }

    private static void RequireEdit(string marked, string inserted)
    {
        var parts = Split(marked);
        var text = string.Concat(parts);

        var edited = ModelPathEdit.Apply(text, Path);

        Assert.Equal(parts[0] + inserted + parts[2], edited);
        Assert.Equal(System.IO.Path.GetFullPath(Path, System.IO.Path.GetDirectoryName(File)!), ConfigLoader.Parse(edited, File).Model.Path);
        RequireRestEqual(text, edited);
    }

    /// <summary>Before, replaced, behind.</summary>
    private static string[] Split(string marked)
    {
        var parts = marked.Split('§');
        return parts.Length == 2 ? [parts[0], "", parts[1]] : parts;
    }

    private static void RequireRestEqual(string before, string after)
    {
        Assert.Equal(Rest(before), Rest(after));

        static string Rest(string text)
        {
            var config = ConfigLoader.Parse(text, File);
            return JsonSerializer.Serialize(config with { Model = config.Model with { Path = "" } });
        }
    }
}
