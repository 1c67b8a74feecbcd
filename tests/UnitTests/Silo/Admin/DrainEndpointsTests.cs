using System.Net;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Lifecycle;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Silo.Admin;

public sealed class DrainEndpointsTests : IAsyncLifetime
{
    private static readonly ProcessIdentity Identity = new("silo", "silo-a", new EvergrainConfig
    {
        File = "/evergrain.yaml",
        Routing = new() { ReportInterval = TimeSpan.FromMilliseconds(10) },
    });

    private readonly EngineHost _host = TestHost.Create(TimeProvider.System);
    private readonly HttpClient _http = new();
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(_host);
        builder.Services.AddSingleton(new SiloDrain(_host, Identity, TimeProvider.System));
        _app = builder.Build();
        DrainEndpoints.Map(_app);
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _host.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("/drain")]
    [InlineData("/undrain")]
    public async Task Post_WithoutTheHeader_ForbiddenAndNothingChanges(string path)
    {
        _host.Open(new FakeEngine());

        Assert.Equal((HttpStatusCode.Forbidden, """{"error":"send the header X-Evergrain: 1"}"""), await PostAsync(path, header: false));
        Assert.Equal(SiloState.Ready, _host.State);
    }

    [Fact]
    public async Task Drain_Ready_AnswersOnceNothingIsInFlightAndUndrainTakesItBack()
    {
        _host.Open(new FakeEngine());
        _host.TryEnter();
        var drained = PostAsync("/drain");
        await Task.WhenAny(drained, Task.Delay(200));
        Assert.False(drained.IsCompleted);
        Assert.Equal(SiloState.Draining, _host.State);

        _host.Leave();

        Assert.Equal((HttpStatusCode.OK, """{"state":"draining","inFlight":0}"""), await drained);
        Assert.Equal((HttpStatusCode.OK, """{"state":"draining","inFlight":0}"""), await PostAsync("/drain"));
        Assert.Equal((HttpStatusCode.OK, """{"state":"ready","inFlight":0}"""), await PostAsync("/undrain"));
    }

    [Fact]
    public async Task Drain_Starting_ConflictSaysWhy()
        => Assert.Equal(
            (HttpStatusCode.Conflict, """{"error":"this silo is starting (joining the cluster): only a ready one can be drained"}"""),
            await PostAsync("/drain"));

    [Fact]
    public async Task Undrain_DrainOfAStop_ConflictSaysWhy()
    {
        _host.BeginStop();

        Assert.Equal(
            (HttpStatusCode.Conflict, """{"error":"this silo is draining (stopping): no operator has drained it"}"""),
            await PostAsync("/undrain"));
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, bool header = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (header) request.Headers.Add(DrainEndpoints.Header, "1");
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
