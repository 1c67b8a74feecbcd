using System.Collections.Immutable;
using System.Net;
using System.Text;
using Evergrain.WebUI.App.Gateways;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.WebUI;

public sealed class GatewayClientTests : IDisposable
{
    private const string Answer = """{"results":[{"label":"positive","probabilities":{"negative":0.1,"positive":0.9},"served_by":"silo-a","version":"2"}],"attempts":1}""";

    private static readonly CallLimits Limits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));

    private readonly FakeTimeProvider _time = new();
    private readonly Gateways _gateways = new();
    private readonly GatewayBook _book;
    private readonly GatewayClient _client;

    public GatewayClientTests()
    {
        _book = new GatewayBook(_time);
        _book.Use(new PageSettings
        {
            Cluster = "c",
            WebUi = "webui-a",
            Version = "1",
            Gateways = [new GatewayAddress("a", "local", new Uri("http://a:1")), new GatewayAddress("b", "local", new Uri("http://b:1"))],
            Silos = [],
        });
        _client = new GatewayClient(new HttpClient(_gateways), _book, _time);
    }

    public void Dispose() => _gateways.Dispose();

    [Fact]
    public async Task Predict_FirstAnswers_OnlyItIsAsked()
    {
        var answer = await PredictAsync();
        Assert.Equal(0.9f, answer.Results[0].Probabilities!["positive"]);
        Assert.Equal(["a"], _gateways.Asked);
        Assert.Contains("""{"texts":["很好"],"allow_mixed_models":true}""", _gateways.Bodies, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Predict_FirstIsGone_SecondAnswersAndTheFirstIsAskedNoMore()
    {
        _gateways.Answers["a"] = () => throw new HttpRequestException("refused");
        await PredictAsync();
        await PredictAsync();
        Assert.Equal(["a", "b", "b"], _gateways.Asked);
        Assert.Equal([("a", false)], _book.Changes.Select(c => (c.Name, c.IsUp)));
    }

    [Fact]
    public async Task Predict_FirstIsFrozen_SecondAnswersAfterTheAttemptsTime()
    {
        _gateways.Answers["a"] = () => new TaskCompletionSource<HttpResponseMessage>().Task;
        var call = PredictAsync();
        Assert.Equal(["a"], _gateways.Asked);
        _time.Advance(TimeSpan.FromSeconds(2));
        await call.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["a", "b"], _gateways.Asked);
    }

    [Theory]
    [InlineData(422, "invalid")]
    [InlineData(413, "too_large")]
    [InlineData(403, "forbidden")]
    public async Task Predict_CallersFault_NotAskedElsewhere(int status, string code)
    {
        _gateways.Answers["a"] = () => Problem(status, code);
        Assert.Equal(code, (await Assert.ThrowsAsync<CallException>(PredictAsync)).Code);
        Assert.Equal(["a"], _gateways.Asked);
    }

    [Fact]
    public async Task Predict_FirstHasNoSilo_SecondIsAskedAndTheFirstsWordIsKept()
    {
        _gateways.Answers["a"] = () => Problem(503, "no_silo");
        _gateways.Answers["b"] = () => throw new HttpRequestException("refused");
        var failed = await Assert.ThrowsAsync<CallException>(PredictAsync);
        Assert.Equal(("no_silo", true, TimeSpan.FromSeconds(1)), (failed.Code, failed.IsPassing, failed.RetryAfter));
        Assert.Equal(["a", "b"], _gateways.Asked);
    }

    [Fact]
    public async Task Predict_AllGone_UnreachableAndBackWhenTheyAre()
    {
        _gateways.Answers["a"] = _gateways.Answers["b"] = () => throw new HttpRequestException("refused");
        Assert.Equal(CallException.Unreachable, (await Assert.ThrowsAsync<CallException>(PredictAsync)).Code);
        Assert.True(_book.AllDown);
        _gateways.Answers.Clear();
        await PredictAsync();
        Assert.Equal([("a", false), ("b", false), ("a", true)], _book.Changes.Select(c => (c.Name, c.IsUp)));
    }

    [Fact]
    public async Task Predict_AnotherWebServerAnswers_TheNextIsAsked()
    {
        _gateways.Answers["a"] = () => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>", Encoding.UTF8, "application/json") });
        await PredictAsync();
        Assert.Equal(["a", "b"], _gateways.Asked);
    }

    [Fact]
    public async Task Predict_Spread_GatewaysTakeTurns()
    {
        for (var i = 0; i < 4; i++) await _client.PredictAsync(["很好"], Limits with { Spread = true }, CancellationToken.None);
        Assert.Equal(["a", "b", "a", "b"], _gateways.Asked);
    }

    [Fact]
    public async Task Predict_CallerLeaves_NoGatewaysFault()
    {
        _gateways.Answers["a"] = () => new TaskCompletionSource<HttpResponseMessage>().Task;
        using var leave = new CancellationTokenSource();
        var call = _client.PredictAsync(["很好"], Limits, leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(["a"], _gateways.Asked);
        Assert.Empty(_book.Changes);
    }

    private Task<PredictAnswer> PredictAsync() => _client.PredictAsync(["很好"], Limits, CancellationToken.None);

    private static Task<HttpResponseMessage> Problem(int status, string code)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent($$"""{"code":"{{code}}","detail":"d"}""", Encoding.UTF8, "application/problem+json"),
        };
        response.Headers.Add("Retry-After", "1");
        return Task.FromResult(response);
    }

    private sealed class Gateways : HttpMessageHandler
    {
        public Dictionary<string, Func<Task<HttpResponseMessage>>> Answers { get; } = [];

        public ImmutableList<string> Asked { get; private set; } = [];

        public ImmutableList<string> Bodies { get; private set; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = Asked.Add(request.RequestUri!.Host);
            Bodies = Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return Answers.TryGetValue(request.RequestUri.Host, out var answer)
                ? await answer().WaitAsync(cancellationToken)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
        }
    }
}
