using System.Net;
using System.Text;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Silo.Admin;

/// <summary>A server with one open and one closed endpoint behind the login.</summary>
public sealed class OperatorLoginTests : IAsyncDisposable
{
    private const string Ops = "ops key";
    private const string Shop = "shop key";
    private const string Node = "node key";

    private static readonly TimeSpan OneMoreAfter = TimeSpan.FromMinutes(10); // not before a slow machine has asked eleven times

    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/open", "", 200)]
    [InlineData("/open", "Bearer wrong", 200)]
    [InlineData("/closed", "", 401)]
    [InlineData("/nothing", "", 401)] // who has no key does not learn what there is
    [InlineData("/closed", "Bearer wrong", 401)]
    [InlineData("/closed", $"Bearer {Shop}", 403)]
    [InlineData("/closed", $"Bearer {Ops}", 200)]
    [InlineData("/closed", $"Bearer {Node}", 200)]
    [InlineData("/nothing", $"Bearer {Ops}", 404)]
    [InlineData("/closed", $"Basic {Ops}", 200)]
    [InlineData("/closed", "Basic wrong", 401)]
    [InlineData("/closed", $"Basic {Shop}", 401)] // not 403: the browser would keep it and never ask again
    public async Task Get_OperatorsKeyInTheYaml_TheStatusOfTheTable(string path, string key, int status)
    {
        await StartAsync(Key(Ops, KeyRole.Operator), Key(Shop, KeyRole.Caller));

        using var response = await GetAsync(path, key);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 401 ? "Basic realm=\"evergrain\"" : "", response.Headers.WwwAuthenticate.ToString());
        if (status is 401 or 403) Assert.Contains("\"error\":\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoOperatorsKeyInTheYaml_AllIsOpen()
    {
        await StartAsync(Key(Shop, KeyRole.Caller));

        using var response = await GetAsync("/closed", "");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Get_TooManyWrongKeys_EvenTheRightOneWaitsButNotTheNodes()
    {
        await StartAsync(Key(Ops, KeyRole.Operator));
        for (var i = 0; i < WrongTries.Most; i++) await RequireAsync(401, "Bearer wrong");

        using var refused = await GetAsync("/closed", $"Basic {Ops}");

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), OneMoreAfter);
        await RequireAsync(200, $"Bearer {Node}");
        await RequireAsync(401, ""); // a browser that has not asked its person yet
    }

    [Fact]
    public async Task Get_RightKeysAndNone_NeverUsedUp()
    {
        await StartAsync(Key(Ops, KeyRole.Operator), Key(Shop, KeyRole.Caller));
        for (var i = 0; i < 3 * WrongTries.Most; i++)
        {
            await RequireAsync(401, "");
            await RequireAsync(403, $"Bearer {Shop}");
            await RequireAsync(200, $"Bearer {Ops}");
        }
    }

    private static KeyConfig Key(string key, KeyRole role) => KeyConfig.OfNode(key) with { Name = key, Role = role };

    private async Task RequireAsync(int status, string key)
    {
        using var response = await GetAsync("/closed", key);
        Assert.Equal(status, (int)response.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key.StartsWith("Basic ", StringComparison.Ordinal)) key = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{key[6..]}"));
        if (key.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", key);
        return await _http.SendAsync(request);
    }

    private async Task StartAsync(params KeyConfig[] keys)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddSingleton(new OperatorKeys([.. keys], Node));
        builder.Services.AddSingleton(new WrongTries(OneMoreAfter));
        _app = builder.Build();
        _app.UseMiddleware<OperatorLogin>();
        _app.MapGet("/open", () => "").WithMetadata(OperatorLogin.Open);
        _app.MapGet("/closed", () => "");
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }
}
