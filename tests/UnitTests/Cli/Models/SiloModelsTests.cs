using System.Net;
using System.Text.Json;
using Evergrain.Cli.Models;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>Against an admin port that answers as a silo's does.</summary>
public sealed class SiloModelsTests : IAsyncLifetime
{
    private const string Done = """{"name":"mood","version":"2","hash":"h2","previousVersion":"1","previousHash":"h1","previousPath":"/srv/1"}""";

    private readonly SiloModels _silos = new("the node's key");
    private WebApplication _app = null!;
    private SiloConfig _silo = null!;
    private Func<HttpContext, Task> _use = _ => Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        _app = builder.Build();
        _app.MapGet("/status", (HttpContext context) => context.Response.WriteAsync(
            """{"name":"silo-a","state":"ready","reason":null,"model":{"name":"mood","version":"1","hash":"h1","path":"/srv/1","labels":[]}}"""));
        _app.MapPost("/model/use", (HttpContext context) => _use(context));
        await _app.StartAsync();
        _silo = new SiloConfig { Name = "silo-a", SiloPort = 1, GatewayPort = 2, AdminPort = new Uri(_app.Urls.Single()).Port };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _silos.Dispose();
    }

    [Fact]
    public async Task Status_Silo_ItsModelAndFolder()
    {
        var served = ServedModel.Of(await _silos.StatusAsync(_silo, CancellationToken.None));

        Assert.Equal(new ServedModel("1", "h1", "/srv/1"), served);
    }

    [Fact]
    public async Task Status_AnotherSiloOnThatPort_Null()
        => Assert.Null(await _silos.StatusAsync(_silo with { Name = "silo-b" }, CancellationToken.None));

    [Fact]
    public async Task Use_Done_SendsPathHeaderAndKey()
    {
        (string? Header, string? Key, string? Path) sent = default;
        _use = async context =>
        {
            var body = await JsonDocument.ParseAsync(context.Request.Body);
            sent = (context.Request.Headers["X-Evergrain"], context.Request.Headers.Authorization, body.RootElement.GetProperty("path").GetString());
            await AnswerAsync(context, 200, Done);
        };

        var result = await _silos.UseAsync(_silo, "/srv/新", CancellationToken.None);

        Assert.Equal(("1", "Bearer the node's key", "/srv/新"), sent);
        Assert.Equal(
            new ModelSwitch { Version = "2", Hash = "h2", PreviousVersion = "1", PreviousHash = "h1", PreviousPath = "/srv/1" }, result.Done);
    }

    [Theory]
    [InlineData(422, """{"error":"wrong hash"}""", "silo-a refuses: wrong hash")]
    [InlineData(409, """{"error":"another change is under way"}""", "silo-a refuses: another change is under way")]
    [InlineData(404, "", "silo-a refuses: 404 Not Found")]
    [InlineData(500, "<html>", "silo-a refuses: 500 Internal Server Error", true)]
    public async Task Use_Refused_SaysWhyAndUnclearOnlyWhereItFailed(int status, string body, string expected, bool unclear = false)
    {
        _use = context => AnswerAsync(context, status, body);

        Assert.Equal(new SwitchResult(null, expected, unclear), await _silos.UseAsync(_silo, "/srv/2", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"version":"2"}""")]
    public async Task Use_AnswerCannotBeRead_Unclear(string body)
    {
        _use = context => AnswerAsync(context, 200, body);

        RequireUnclear(await _silos.UseAsync(_silo, "/srv/2", CancellationToken.None));
    }

    [Fact]
    public async Task Use_SiloDiesMeanwhile_Unclear()
    {
        _use = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        RequireUnclear(await _silos.UseAsync(_silo, "/srv/2", CancellationToken.None));
    }

    [Fact]
    public async Task Use_GivenUp_Unclear()
    {
        using var insist = new CancellationTokenSource();
        _use = async context =>
        {
            await insist.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        var result = await _silos.UseAsync(_silo, "/srv/2", insist.Token);

        Assert.Equal(new SwitchResult(null, "silo-a broke off (given up)", IsUnclear: true), result);
    }

    [Fact]
    public async Task Use_NobodyThere_NothingHasChanged()
    {
        await _app.StopAsync();

        var result = await _silos.UseAsync(_silo, "/srv/2", CancellationToken.None);

        Assert.StartsWith("silo-a does not answer at http://127.0.0.1:", result.Problem, StringComparison.Ordinal);
        Assert.False(result.IsUnclear);
    }

    private static void RequireUnclear(SwitchResult result)
    {
        Assert.Null(result.Done);
        Assert.True(result.IsUnclear);
        Assert.StartsWith("silo-a broke off (", result.Problem, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(body);
    }
}
