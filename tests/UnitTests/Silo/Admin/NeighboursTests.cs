using System.Collections.Concurrent;
using System.Net;
using Evergrain.Silo.Admin;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Admin;

public sealed class NeighboursTests : IDisposable
{
    private static readonly Uri GatewayA = new("http://127.0.0.1:8081");
    private static readonly Uri GatewayB = new("http://127.0.0.1:8082");
    private static readonly Uri WebUi = new("http://127.0.0.1:7861");

    private readonly FakeTimeProvider _time = new();
    private readonly Processes _processes = new();
    private Neighbours? _neighbours;

    public void Dispose()
    {
        _neighbours?.Dispose();
        _processes.Dispose();
    }

    [Theory]
    [InlineData(200, 200, true)]
    [InlineData(503, 200, true)]
    [InlineData(0, 200, true)]
    [InlineData(503, 503, false)]
    [InlineData(0, 0, false)]
    public async Task Read_TwoGateways_HealthyWhereOneIs(int first, int second, bool expected)
    {
        _processes.Answer(GatewayA, "/health/ready", first);
        _processes.Answer(GatewayB, "/health/ready", second);

        Assert.Equal(new NeighbourHealth(expected, null), await Of([GatewayA, GatewayB], []).ReadAsync());
    }

    [Fact]
    public async Task Read_WebUi_AskedWhetherItLives()
    {
        _processes.Answer(GatewayA, "/health/ready", 503);
        _processes.Answer(WebUi, "/health/live", 200);

        Assert.Equal(new NeighbourHealth(false, true), await Of([GatewayA], [WebUi]).ReadAsync());
    }

    [Fact]
    public async Task Read_NoneOnThisNode_Null() => Assert.Equal(new NeighbourHealth(null, null), await Of([], []).ReadAsync());

    [Fact]
    public async Task Read_FrozenBesideAReady_NotWaitedFor()
    {
        _processes.Answer(GatewayB, "/health/ready", 200);

        Assert.Equal(true, (await Of([GatewayA, GatewayB], []).ReadAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Api);
    }

    [Fact]
    public async Task Read_AllFrozen_FalseAfterOneSecond()
    {
        var reading = Of([GatewayA, GatewayB], [WebUi]).ReadAsync();

        _time.Advance(TimeSpan.FromSeconds(0.99));
        Assert.False(reading.IsCompleted);
        Assert.Equal(3, _processes.Asked);
        _time.Advance(TimeSpan.FromSeconds(0.01));

        Assert.Equal(new NeighbourHealth(false, false), await reading.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_Twice_AskedAgainAfterOneSecond()
    {
        _processes.Answer(GatewayA, "/health/ready", 503);
        var neighbours = Of([GatewayA], []);
        await neighbours.ReadAsync();
        _processes.Answer(GatewayA, "/health/ready", 200);

        _time.Advance(TimeSpan.FromSeconds(0.99));
        Assert.False((await neighbours.ReadAsync()).Api);
        Assert.Equal(1, _processes.Asked);

        _time.Advance(TimeSpan.FromSeconds(0.01));
        Assert.True((await neighbours.ReadAsync()).Api);
        Assert.Equal(2, _processes.Asked);
    }

    [Fact]
    public async Task Read_AtTheSameTime_AskedOnce()
    {
        var neighbours = Of([GatewayA], []);
        var readings = new[] { neighbours.ReadAsync(), neighbours.ReadAsync() };
        Assert.Equal(1, _processes.Asked);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.All(await Task.WhenAll(readings).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), health => Assert.False(health.Api));
        Assert.Equal(1, _processes.Asked);
    }

    private Neighbours Of(Uri[] gateways, Uri[] webUis) => _neighbours = new([.. gateways], [.. webUis], _processes, _time);

    /// <summary>The processes of a node: each answers as it was told, or never. Status 0: the connection is refused.</summary>
    private sealed class Processes : HttpMessageHandler
    {
        private readonly ConcurrentDictionary<Uri, int> _answers = [];
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Answer(Uri address, string path, int status) => _answers[new Uri(address, path)] = status;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            if (!_answers.TryGetValue(request.RequestUri!, out var status)) await Task.Delay(Timeout.Infinite, cancellationToken);
            return status == 0 ? throw new HttpRequestException("refused") : new HttpResponseMessage((HttpStatusCode)status);
        }
    }
}
