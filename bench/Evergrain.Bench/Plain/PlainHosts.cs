using System.Net;
using System.Text.Json;
using Evergrain.Bench.Throughput;
using Evergrain.Engine.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Orleans.Configuration;

namespace Evergrain.Bench.Plain;

/// <summary>The two processes of <see cref="PlainService"/>. Each ends when its standard input does.</summary>
internal static class PlainHosts
{
    public const string Silo = "plain-silo";
    public const string Gateway = "plain-gateway";

    private const string Id = "evergrain-bench-plain";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="model">Model package.</param>
    /// <param name="siloPort">Between silos.</param>
    /// <param name="gatewayPort">For clients.</param>
    public static async Task RunSiloAsync(string model, int siloPort, int gatewayPort)
    {
        var package = ModelPackage.Load(model, CancellationToken.None);
        using var options = BareRuntime.Plain(threads: 1);
        using var session = new InferenceSession(package.ModelPath, options);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(package).AddSingleton(session);
        builder.UseOrleans(o => o.UseLocalhostClustering(siloPort, gatewayPort, serviceId: Id, clusterId: Id));
        using var host = builder.Build();
        await RunAsync(host);
    }

    /// <param name="httpPort">Serves POST /predict.</param>
    /// <param name="gatewayPort">The silo's.</param>
    public static async Task RunGatewayAsync(int httpPort, int gatewayPort)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(o => o
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort))
            .Configure<ClusterOptions>(c => c.ClusterId = c.ServiceId = Id));
        await using var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{httpPort}");
        var client = app.Services.GetRequiredService<IClusterClient>();
        app.MapPost("/predict", async context =>
        {
            var body = await context.Request.ReadFromJsonAsync<PlainBody>(Json, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(await client.GetGrain<IPlainGrain>(0).PredictAsync(body.Text), Json, context.RequestAborted);
        });
        await RunAsync(app);
    }

    private static async Task RunAsync(IHost host)
    {
        await host.StartAsync();
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    private readonly record struct PlainBody(string Text);
}
