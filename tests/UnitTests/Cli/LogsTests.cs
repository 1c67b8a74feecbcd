using Evergrain.Cli.Logs;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Cli;

public sealed class LogsTests : IDisposable
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(8), "test", "test");

    private readonly FakeTimeProvider _time = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evergrain-test-");
    private readonly LogFiles _files;

    public LogsTests() => _files = new LogFiles(Path.Combine(_folder.FullName, "silo-a.log"), _time);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{"@t":"2026-08-01T10:00:00.1234567Z","@m":"ready"}""", "2026-08-01 18:00:00.123 INF ready")]
    [InlineData("""{"@t":"2026-08-01T10:00:00Z","@l":"Warning","@m":"late"}""", "2026-08-01 18:00:00.000 WRN late")]
    [InlineData("""{"@t":"2026-08-01T10:00:00Z","@l":"Error","@m":"broke","@x":"E: x\n   at y\n"}""", "2026-08-01 18:00:00.000 ERR broke\n  E: x\n     at y")]
    [InlineData("""{"@m":"no time"}""", """{"@m":"no time"}""")]
    [InlineData("Segmentation fault", "Segmentation fault")]
    public void ForPeople_EachKindOfLine_AsPeopleReadIt(string line, string expected) => Assert.Equal(expected, LogLine.ForPeople(line, Shanghai));

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, "5 6")]
    [InlineData(4, "3 4 5 6")]
    [InlineData(99, "1 2 3 4 5 6")]
    public void Tail_ThreeFiles_TheLastLinesOfAllInOrder(int count, string expected)
    {
        Write("silo-a.log", "1\n2\n");
        Write("silo-a_001.log", "3\n4\n");
        Write("silo-a_002.log", "5\n6\n");
        // Of others.
        Write("silo-ab.log", "x\n");
        Write("silo-a_b.log", "x\n");

        Assert.Equal(expected, string.Join(' ', _files.Tail(count, out _)));
    }

    [Fact]
    public void Tail_NoFile_NothingAndDoesNotExist()
    {
        Assert.Empty(_files.Tail(5, out _));
        Assert.False(_files.Exist);
    }

    [Fact]
    public async Task Follow_LinesAsTheyCome_WholeOnesOnlyAndOverToTheNextFile()
    {
        Write("silo-a.log", "1\nha");
        Assert.Equal(["1"], _files.Tail(5, out var end));
        await using var lines = _files.FollowAsync(end, TestContext.Current.CancellationToken).GetAsyncEnumerator();

        var next = lines.MoveNextAsync();
        Assert.False(next.IsCompleted);
        Write("silo-a.log", "lb 好\nlast\n");
        Write("silo-a_001.log", "new\n");

        Assert.Equal("halb 好", await NextAsync(lines, next));
        Assert.Equal("last", await NextAsync(lines, lines.MoveNextAsync()));
        Assert.Equal("new", await NextAsync(lines, lines.MoveNextAsync()));
    }

    private async Task<string> NextAsync(IAsyncEnumerator<string> lines, ValueTask<bool> next)
    {
        for (var i = 0; i < 100 && !next.IsCompleted; i++) _time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True(next.IsCompleted);
        Assert.True(await next);
        return lines.Current;
    }

    private void Write(string file, string text) => File.AppendAllText(Path.Combine(_folder.FullName, file), text);
}
