using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Evergrain.Client.Events;
using Evergrain.Gateway.Cluster;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Gateway.Cluster;

/// <summary>The stream against a pipe: what is flushed is what a reader has.</summary>
public sealed class EventStreamTests : IDisposable
{
    private const string Retry = "retry: 1000\n\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddSeconds(1));
    private readonly ClusterEvents _events;
    private readonly EventIds _ids;
    private readonly Pipe _pipe = new();
    private readonly CancellationTokenSource _stop = new();

    public EventStreamTests()
    {
        _events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, _time);
        _ids = Ids("gateway-a", _time);
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Write_KeptThenLive_InOrderWithIdKindAndData()
    {
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed", "3 calls in flight", 3);
        var writing = Start(after: 0);
        var (id, kind, data) = Parse(await ReadAsync(Retry.Length + 1))[0];
        Assert.Equal(("gateway-a:1000:1", "lost"), (id, kind));
        Assert.Equal(("gateway-a:1000:1", "lost", "silo-a", 7, "its connection closed", "3 calls in flight", 3, "gateway-a"),
            (data.GetProperty("id").GetString(), data.GetProperty("kind").GetString(), data.GetProperty("silo").GetString(),
                data.GetProperty("boot_id").GetInt32(), data.GetProperty("cause").GetString(), data.GetProperty("evidence").GetString(),
                data.GetProperty("in_flight").GetInt32(), data.GetProperty("gateway").GetString()));

        _events.Publish(ClusterEventKind.PoisonRefused, "", 0, "two processes died on it");

        Assert.Equal([("gateway-a:1000:2", "poison_refused")], Parse(await ReadAsync(1)).Select(e => (e.Id, e.Kind)));
        await EndAsync(writing);
    }

    [Theory]
    [InlineData(ClusterEventKind.Hot, "hot")]
    [InlineData(ClusterEventKind.Cool, "cool")]
    [InlineData(ClusterEventKind.MemoryFull, "memory_full")]
    [InlineData(ClusterEventKind.MemoryFree, "memory_free")]
    [InlineData(ClusterEventKind.ModelsDiffer, "models_differ")]
    [InlineData(ClusterEventKind.ModelsAgree, "models_agree")]
    public async Task Write_Kind_InSnakeCase(ClusterEventKind kind, string name)
    {
        _events.Publish(kind, "silo-a", 7, "its device");
        var writing = Start(after: 0);
        Assert.Equal(name, Parse(await ReadAsync(Retry.Length + 1))[0].Kind);
        await EndAsync(writing);
    }

    [Theory]
    [InlineData("gateway-a:1000:1", "2,3")]
    [InlineData("gateway-a:1000:3", "")]
    [InlineData("gateway-a:999:2", "1,2,3")] // an earlier start
    [InlineData("gateway-b:1000:2", "1,2,3")] // another gateway
    [InlineData("2", "1,2,3")]
    [InlineData("gateway-a:1000:x", "1,2,3")]
    [InlineData("gateway-a:1000:-1", "1,2,3")]
    [InlineData("gateway-a:10001", "1,2,3")]
    [InlineData(null, "1,2,3")]
    public async Task Write_AfterId_OnlyWhatIsMissing(string? id, string numbers)
    {
        foreach (var silo in new[] { "silo-a", "silo-b", "silo-c" }) _events.Publish(ClusterEventKind.Joined, silo, 1, "reports");
        var writing = Start(_ids.NumberOf(id));

        var text = await ReadAsync(Retry.Length + (numbers.Length > 0 ? 1 : 0));

        Assert.Equal(numbers, string.Join(',', Parse(text).Select(e => e.Id.Split(':')[2])));
        await EndAsync(writing);
    }

    [Fact]
    public async Task Write_Silence_CommentEveryTenSeconds()
    {
        var writing = Start(after: 0);
        Assert.Equal(Retry, await ReadAsync(1));

        for (var i = 0; i < 2; i++)
        {
            _time.Advance(EventStream.Heartbeat);
            Assert.Equal(": still here\n\n", await ReadAsync(1));
        }

        await EndAsync(writing);
    }

    [Fact]
    public async Task Write_ReaderTakesNothing_StopEndsItAllTheSame()
    {
        var blocked = new Pipe(new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        var writing = new EventStream(_events, _ids, _time).WriteAsync(blocked.Writer, 0, _stop.Token);
        Assert.False(writing.IsCompleted);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Patience, TestContext.Current.CancellationToken));
    }

    internal static EventIds Ids(string gateway, TimeProvider time)
        => new(new ProcessIdentity("gateway", gateway, new EvergrainConfig { File = "/x/evergrain.yaml" }), time);

    private Task Start(long after) => new EventStream(_events, _ids, _time).WriteAsync(_pipe.Writer, after, _stop.Token);

    private async Task EndAsync(Task writing)
    {
        await _stop.CancelAsync();
        await writing.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private async Task<string> ReadAsync(int atLeast)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var read = await _pipe.Reader.ReadAtLeastAsync(atLeast, limit.Token);
        var text = Encoding.UTF8.GetString(read.Buffer);
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private static List<(string Id, string Kind, JsonElement Data)> Parse(string text) =>
    [
        .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n')).Where(lines => lines.Length == 3).Select(lines => (
            lines[0]["id: ".Length..], lines[1]["event: ".Length..], JsonSerializer.Deserialize<JsonElement>(lines[2]["data: ".Length..]))),
    ];
}
