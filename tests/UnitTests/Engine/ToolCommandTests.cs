using System.Text;
using Evergrain.Engine.Models;
using Evergrain.Silo.Tools;

namespace Evergrain.UnitTests.Engine;

/// <summary>The silo executable's own commands, over streams instead of a console.</summary>
public sealed class ToolCommandTests
{
    private static readonly string TinyModel = TestData.Path("tiny-model");

    [Fact]
    public void TryRun_SiloArguments_Null() => Assert.Null(ToolCommands.TryRun(["--config", "evergrain.yaml", "--name", "silo-a"]));

    [Theory]
    [InlineData("\"a b\"\n\"\"\n", "[2, 13, 14, 3]\n[2, 3]\n")]
    [InlineData("\uFEFF\"a\"\r\n\"b\"", "[2, 13, 3]\n[2, 14, 3]\n")] // byte order mark, CR LF, no last line feed
    [InlineData("\"\\ud83d\\u0061\\n\\\"\\\\b\\ud83d\"\n", "[2, 13, 1, 1, 14, 3]\n")] // escapes and lone surrogates
    public async Task Tokenize_Strings_Ids(string input, string expected)
    {
        var (code, output, _) = await RunAsync(TokenizeCommand.RunAsync, input, "--model", TinyModel);
        Assert.Equal((0, expected), (code, output));
    }

    [Theory]
    [InlineData("\"a\"\nfoo\n", "line 2: ")]
    [InlineData("\"a\"\n{}\n", "line 2: The line is not a JSON string.")]
    [InlineData("\"a\"\n\"b\" \"c\"\n", "line 2: ")]
    [InlineData("\"a\"\n\n\"c\"\n", "line 2: ")]
    public async Task Tokenize_BadLine_ItsNumberAfterTheGoodOnes(string input, string expected)
    {
        var (code, output, error) = await RunAsync(TokenizeCommand.RunAsync, input, "--vocab", Path.Combine(TinyModel, "vocab.txt"));
        Assert.Equal((2, "[2, 13, 3]\n"), (code, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_NotUtf8_ItsLine()
    {
        byte[] line = [(byte)'"', 0xC0, 0x80, (byte)'"', (byte)'\n'];
        var (code, _, error) = await RunAsync(TokenizeCommand.RunAsync, line, "--model", TinyModel);
        Assert.Equal(2, code);
        Assert.StartsWith("line 1: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_LongText_NotTruncated()
    {
        var text = string.Concat(Enumerable.Repeat("a ", 3000));
        var (_, output, _) = await RunAsync(TokenizeCommand.RunAsync, $"\"{text}\"\n", "--model", TinyModel);
        Assert.Equal(3002, output.Split(',').Length);
    }

    [Theory]
    [InlineData]
    [InlineData("--vocab")]
    [InlineData("--nonsense", "x")]
    [InlineData("--vocab", "a", "--model", "b")]
    public async Task Tokenize_WrongArguments_UsageAndTwo(params string[] args)
    {
        var (code, _, error) = await RunAsync(TokenizeCommand.RunAsync, "", args);
        Assert.Equal(2, code);
        Assert.Contains("Usage: tokenize", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelCheck_GoodPackage_ReportAndZero()
    {
        var (code, output, _) = await RunAsync(ModelCheckCommand.RunAsync, "", TinyModel, "--threads", "1");
        Assert.Equal(0, code);
        Assert.Contains("known answers  10 of 10 right", output, StringComparison.Ordinal);
        Assert.Contains("batch  32 × 32 tokens", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelCheck_NoPackage_ReasonAndOne()
    {
        var (code, _, error) = await RunAsync(ModelCheckCommand.RunAsync, "", "/nowhere");
        Assert.Equal(1, code);
        Assert.Contains("no such folder", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelEval_TwoFiles_AccuracyLabelsAndWorst()
    {
        // What the tiny model says of these is in its known answers: positive, negative; positive.
        var first = await FileAsync("1\t垃圾\n1\t好\n");
        var second = await FileAsync("0\t这个产品太棒了!\n");
        var labels = Path.GetTempFileName();
        var (code, output, _) = await RunAsync(ModelEvalCommand.RunAsync, "", TinyModel, first, second, "--labels", labels, "--top", "1");
        Assert.Equal(0, code);
        Assert.Equal("positive\nnegative\npositive\n", await File.ReadAllTextAsync(labels, TestContext.Current.CancellationToken));
        Assert.Contains("2 texts, accuracy 0.5000", output, StringComparison.Ordinal);
        Assert.Contains("overall: 3 texts, accuracy 0.3333", output, StringComparison.Ordinal);
        Assert.Contains("  0.7871  positive  negative  这个产品太棒了!\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("0.6477", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelEval_BadRow_FileAndLine()
    {
        var (code, _, error) = await RunAsync(ModelEvalCommand.RunAsync, "", TinyModel, await FileAsync("1\t好\n2\t好\n"));
        Assert.Equal(2, code);
        Assert.Contains(" line 2: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelEval_TwoFiles_TableOfAll()
    {
        var file = await FileAsync("1\t好\n");
        var (_, output, _) = await RunAsync(ModelEvalCommand.RunAsync, "", TinyModel, file, file);
        Assert.Matches(@"overall\s+2\s+[01]\.\d{4}\s+0\.\d{4}\n", output);
    }

    [Fact]
    public async Task ModelCompare_WithItself_SameAndZero()
    {
        var (code, output, _) = await RunAsync(ModelCompareCommand.RunAsync, "", TinyModel, TinyModel, await FileAsync("1\t好\n0\t这个产品太棒了!\n"));
        Assert.Equal(0, code);
        Assert.Contains("ok      same label                     2 of 2", output, StringComparison.Ordinal);
        Assert.Contains("0.00000 on average, 0.00000 at most", output, StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelCompare_OtherAnswers_FailedAndOne()
    {
        // Cased, the copy does not know the capital letters.
        var other = await CopyAsync(manifest => manifest.Replace("\"lowerCase\": true", "\"lowerCase\": false", StringComparison.Ordinal));
        var texts = string.Concat("ABCDEFGHIJKLMNOPQRSTUVWXYZ".Select(letter => $"1\t{letter} {letter} {letter}\n"));
        var (code, output, _) = await RunAsync(ModelCompareCommand.RunAsync, "", TinyModel, other, await FileAsync(texts));
        Assert.Equal(1, code);
        Assert.Contains("FAILED  same label", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ModelCompare_LabelsInAnotherOrder_ReasonAndOne()
    {
        var other = await CopyAsync(manifest => manifest
            .Replace("\"negative\"", "\"x\"", StringComparison.Ordinal)
            .Replace("\"positive\"", "\"negative\"", StringComparison.Ordinal)
            .Replace("\"x\"", "\"positive\"", StringComparison.Ordinal));
        var (code, _, error) = await RunAsync(ModelCompareCommand.RunAsync, "", TinyModel, other, await FileAsync("1\t好\n"));
        Assert.Equal(1, code);
        Assert.Contains("they are not the same model", error, StringComparison.Ordinal);
    }

    /// <summary>The tiny model with another manifest.</summary>
    private static async Task<string> CopyAsync(Func<string, string> change)
    {
        var folder = TestData.CopyOfTinyModel();
        var path = Path.Combine(folder, ModelManifest.FileName);
        var manifest = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var changed = change(manifest);
        Assert.NotEqual(manifest, changed);
        await File.WriteAllTextAsync(path, changed, TestContext.Current.CancellationToken);
        return folder;
    }

    private static async Task<string> FileAsync(string text)
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(
        Func<string[], ToolConsole, Task<int>> command, string input, params string[] args)
        => RunAsync(command, Encoding.UTF8.GetBytes(input), args);

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        Func<string[], ToolConsole, Task<int>> command, byte[] input, params string[] args)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var code = await ToolCommands.RunAsync(args, new ToolConsole(new MemoryStream(input), output, error), command);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
