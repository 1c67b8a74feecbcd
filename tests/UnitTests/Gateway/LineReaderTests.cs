using System.IO.Pipelines;
using System.Text;
using Evergrain.Gateway.Http;

namespace Evergrain.UnitTests.Gateway;

public class LineReaderTests
{
    private const int Longest = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Read_AnyPieces_SameItems(int piece)
    {
        var items = await ReadAllAsync(
            Encoding.UTF8.GetBytes("\uFEFF{\"text\":\"很好\"}\r\n\n  \t\n\"不好\"\n{\"text\":5}\n{\"other\":1}\nnot json\n[]\n{\"text\":\" \"}\n{\"text\":\"last\"}"), piece);
        Assert.Equal(["很好", "不好", null, null, null, null, null, "last"], items.Select(i => i.Text));
        Assert.Equal(
            [
                "text must be a string, not a number.", "'text' is missing.", "the line is not JSON that can be read (byte 2).",
                "the line must be a string, not a list.", "text is blank.",
            ],
            items.Select(i => i.Error).OfType<string>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public async Task Read_LongLine_OneErrorAndTheNextLineIsRead(int piece)
    {
        var items = await ReadAllAsync(Encoding.UTF8.GetBytes($"\"a\"\n\"{new string('b', 300)}\"\n\"c\"\n\"{new string('d', 300)}\""), piece);
        Assert.Equal(["a", null, "c", null], items.Select(i => i.Text));
        Assert.All(items.Where(i => i.Text is null), i => Assert.Contains($"over {Longest} bytes", i.Error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n \r\n")]
    public async Task Read_NoLines_Nothing(string body) => Assert.Empty(await ReadAllAsync(Encoding.UTF8.GetBytes(body), 1000));

    [Fact]
    public async Task Read_LoneSurrogateAndInvalidUtf8_ErrorsOnTheirRows()
    {
        var items = await ReadAllAsync([.. "\"\\ud800\"\n\""u8, 0xff, .. "\"\n\"好\"\n"u8], 1000);
        Assert.Equal([null, null, "好"], items.Select(i => i.Text));
    }

    [Fact]
    public async Task Read_LinesSoFar_AtOnce()
    {
        var pipe = new Pipe();
        var reader = new LineReader(pipe.Reader, Longest);
        await pipe.Writer.WriteAsync("\"a\"\n\"b"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(["a"], (await reader.ReadAsync(TestContext.Current.CancellationToken)).Select(i => i.Text));
        var next = reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);
        await pipe.Writer.WriteAsync("c\"\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(["bc"], (await next).Select(i => i.Text));
    }

    private static async Task<List<BatchItem>> ReadAllAsync(byte[] body, int piece)
    {
        var pipe = new Pipe();
        var reader = new LineReader(pipe.Reader, Longest);
        var writing = Task.Run(async () =>
        {
            foreach (var part in body.Chunk(piece)) await pipe.Writer.WriteAsync(part);
            await pipe.Writer.CompleteAsync();
        });
        var all = new List<BatchItem>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { Count: > 0 } items) all.AddRange(items);
        await writing;
        return all;
    }
}
