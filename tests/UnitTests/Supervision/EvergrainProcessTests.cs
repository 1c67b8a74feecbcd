using System.Diagnostics.Metrics;
using System.Net;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Hosting;

namespace Evergrain.UnitTests.Supervision;

public class EvergrainProcessTests
{
    private const string Default = "evergrain-process-tests.yaml";

    [Theory]
    [InlineData(2)]
    [InlineData(2, "--name")]
    [InlineData(2, "--port", "5")]
    [InlineData(2, "--config", "/no/such/file", "--name", "silo-a")]
    [InlineData(2, "--name", "gateway-a")]
    [InlineData(7, "--name", "silo-b")]
    [InlineData(7, "--name=silo-a")]
    [InlineData(0, "--help")]
    public async Task Run_Arguments_DecideTheExitCode(int code, params string[] args)
        => Assert.Equal(code, await EvergrainProcess.RunAsync("silo", args, _ => Task.FromResult(7)));

    [Fact]
    public async Task Run_UnexpectedException_ExitsWith1()
        => Assert.Equal(1, await EvergrainProcess.RunAsync("gateway", ["--name", "gateway-a"], _ => throw new InvalidOperationException("boom")));

    [Fact]
    public async Task Builder_MetersAndMetrics_AreServed()
    {
        var identity = new ProcessIdentity("silo", "silo-a", ConfigLoader.Parse("", Default));
        var builder = EvergrainProcess.CreateBuilder(identity, "Evergrain.Tests.Frame");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.MapEvergrainMetrics();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var meter = new Meter("Evergrain.Tests.Frame");
        meter.CreateCounter<long>("evergrain.tests.things").Add(3);

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(new Uri(app.Urls.Single()), MetricsEndpoint.Path), TestContext.Current.CancellationToken);

        Assert.Matches("(?m)^evergrain_tests_things_total.* 3", text);
        Assert.Contains("dotnet_gc_collections_total", text, StringComparison.Ordinal);
        Assert.Contains("kestrel_active_connections", text, StringComparison.Ordinal);
    }
}
