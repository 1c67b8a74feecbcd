using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Evergrain.Client.Events;
using Evergrain.Gateway;
using Evergrain.Gateway.Webhooks;
using Evergrain.Gateway.Webhooks.Formats;
using Evergrain.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>The whole way from an event to a robot on loopback. Time moves only when a test moves it.</summary>
public sealed class WebhookLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TimersWatched _time = new(Alerts.Noon);
    private readonly ClusterEvents _events;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, int> _results = [];
    private readonly LogLines _log = new();
    private readonly TurnsTests.FakeNeighbours _neighbours = new();
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public WebhookLoopTests()
    {
        _events = new ClusterEvents(NullLogger<ClusterEvents>.Instance, _time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "evergrain.gateway.webhooks" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (_results)
            {
                var result = (string)tags[0].Value!;
                _results[result] = _results.GetValueOrDefault(result) + (int)count;
            }
        });
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        _stop.Dispose();
        _http.Dispose();
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Run_EventsWithinTwoSeconds_OneMessage()
    {
        await using var robot = await Robot.StartAsync();
        var loop = Start(robot.Url);
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed");
        await _time.WaitForTimerAsync(WebhookLoop.Together);
        _time.Advance(TimeSpan.FromSeconds(1));
        _events.Publish(ClusterEventKind.Lost, "silo-b", 7, "its connection closed");
        await UntilAsync(() => loop.Queued == 2);
        _time.Advance(TimeSpan.FromSeconds(1));

        var body = await robot.ReceiveAsync();

        Assert.Contains("Evergrain 告警:silo-a 失联,silo-b 失联", body, StringComparison.Ordinal);
        await ResultsAsync("sent 1");
        Assert.False(robot.HasMore);
    }

    /// <summary>Answers of the robot, tries until it is taken, and what is counted.</summary>
    [Theory]
    [InlineData("500", 2, "sent 1")]
    [InlineData("""500,{"errcode":130101;"errmsg":"send too fast"},<html>,302""", 5, "sent 1")]
    [InlineData("500,500,500,500,404", 5, "failed 1")]
    public async Task Run_RobotRefuses_TriedAgainWithGrowingPauses(string answers, int tries, string result)
    {
        await using var robot = await Robot.StartAsync();
        foreach (var answer in answers.Split(',')) robot.Answers.Enqueue(answer.Replace(';', ','));
        Start(robot.Url);
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed");
        await AdvanceAsync(WebhookLoop.Together);

        for (var attempt = 1; attempt <= tries; attempt++)
        {
            await robot.ReceiveAsync();
            if (attempt < tries) await AdvanceAsync(WebhookSender.Pause(attempt));
        }

        await ResultsAsync(result);
        Assert.False(robot.HasMore);
    }

    [Fact]
    public async Task Run_RobotHangs_GivenUpAfterFiveSecondsAndTriedAgain()
    {
        await using var robot = await Robot.StartAsync();
        robot.Answers.Enqueue("hang");
        Start(robot.Url);
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed");
        await AdvanceAsync(WebhookLoop.Together);
        await robot.ReceiveAsync();

        await AdvanceAsync(WebhookSender.TryLimit);
        await AdvanceAsync(WebhookSender.Pause(1));
        await robot.ReceiveAsync();

        await ResultsAsync("sent 1");
    }

    [Fact]
    public async Task Run_NobodyListens_FailsAndTheNextMessageGoesOut()
    {
        await using var robot = await Robot.StartAsync();
        var url = new Uri("http://127.0.0.1:1/hook?token=s3cret");
        Start(url, () => _results.ContainsKey("failed") ? robot.Url : url);
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed");
        await AdvanceAsync(WebhookLoop.Together);
        for (var attempt = 1; attempt < WebhookSender.Tries; attempt++) await AdvanceAsync(WebhookSender.Pause(attempt));
        await ResultsAsync("failed 1");

        _events.Publish(ClusterEventKind.Lost, "silo-b", 7, "its connection closed");
        await AdvanceAsync(WebhookLoop.Together);

        Assert.Contains("silo-b 失联", await robot.ReceiveAsync(), StringComparison.Ordinal);
        await ResultsAsync("failed 1, sent 1");
        Assert.Contains(_log.Lines, l => l.Contains("127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.Contains("s3cret", StringComparison.Ordinal) || l.Contains("hook?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_MoreThanTheQueueHolds_OldestDroppedAndCounted()
    {
        await using var robot = await Robot.StartAsync();
        Start(robot.Url);
        _events.Publish(ClusterEventKind.Lost, "first", 7, "its connection closed");
        await _time.WaitForTimerAsync(WebhookLoop.Together);
        for (var i = 0; i < WebhookLoop.QueueLength + 9; i++) _events.Publish(ClusterEventKind.Lost, $"silo-{i}", 7, "its connection closed");

        await ResultsAsync("dropped 10");
        _time.Advance(WebhookLoop.Together);

        Assert.Contains("silo-9 失联,silo-10 失联 等 256 项", await robot.ReceiveAsync(), StringComparison.Ordinal);
        await ResultsAsync("dropped 10, sent 1");
    }

    [Fact]
    public async Task Run_AnotherGatewayTellsAndDies_ToldHere()
    {
        await using var robot = await Robot.StartAsync();
        _neighbours.Shows("gateway-a:1", "lost silo-a 2");
        Start(robot.Url);
        _events.Publish(ClusterEventKind.Lost, "silo-a", 7, "its connection closed");
        await AdvanceAsync(WebhookLoop.Together);
        await ResultsAsync("left 1");
        _neighbours.Shows("", null);

        await AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.Contains("silo-a 失联", await robot.ReceiveAsync(), StringComparison.Ordinal);
        await ResultsAsync("left 1, sent 1");
    }

    private WebhookLoop Start(Uri url, Func<Uri>? urlNow = null)
    {
        var hook = new WebhookConfig { Format = WebhookFormat.DingTalk, Url = url };
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var sender = new WebhookSender(hook, new Elsewhere(urlNow ?? (() => url)), _http, metrics, _log, _time);
        var loop = new WebhookLoop(hook, new AlertFilter(hook.Events, hook.RepeatAfter, _time), new Turns(_neighbours, _time),
            new AlertWriter("evergrain", "gateway-a", failover: true, _ => 1, TimeZoneInfo.Utc), sender, metrics, _log, _time);
        _running = loop.RunAsync(_events, _stop.Token);
        return loop;
    }

    /// <summary>Moves time once somebody waits for it.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        await _time.WaitForTimerAsync(by);
        _time.Advance(by);
    }

    private async Task ResultsAsync(string expected)
    {
        await UntilAsync(() => Results() == expected);
        Assert.Equal(expected, Results());
    }

    /// <summary>What others do on their threads is seen by looking; bounded.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++) await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private string Results()
    {
        lock (_results) return string.Join(", ", _results.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {r.Value}"));
    }

    /// <summary>DingTalk's form, at an address that can change.</summary>
    private sealed class Elsewhere(Func<Uri> url) : IWebhookFormat
    {
        private readonly DingTalkFormat _inner = new();

        public WebhookRequest Write(AlertMessage message, WebhookConfig hook, DateTimeOffset now) => _inner.Write(message, hook, now) with { Url = url() };

        public string? Complaint(string answer) => _inner.Complaint(answer);
    }

    private sealed class LogLines : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Enqueue($"{formatter(state, exception)} {exception}");
    }

    /// <summary>A clock that says when somebody waits for a given time, so that no test moves it too early.</summary>
    private sealed class TimersWatched(DateTimeOffset start) : FakeTimeProvider(start)
    {
        private readonly Channel<TimeSpan> _created = Channel.CreateUnbounded<TimeSpan>();

        public async Task WaitForTimerAsync(TimeSpan due)
        {
            using var limit = new CancellationTokenSource(Patience);
            while (await _created.Reader.ReadAsync(limit.Token) != due)
            {
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _created.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
