// A plain Orleans client and the grain interface: for services that have an Orleans client anyway. It survives a killed silo
// after its response time-out, not at once; Evergrain.Client (../DirectClient) fails over in milliseconds.
using System.Net;
using Evergrain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

var silos = (args.Length > 0 ? args : ["127.0.0.1:30000", "127.0.0.1:30001"]).Select(IPEndPoint.Parse).ToArray();
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.UseOrleansClient(client => client
    .UseStaticClustering(silos)
    .Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = "evergrain")
    .Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = TimeSpan.FromSeconds(1))
    .Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(2)));
using var host = builder.Build();
await host.StartAsync();

var grain = host.Services.GetRequiredService<IClusterClient>().GetGrain<IInferenceGrain>("sentiment");
var request = new PredictRequest { Texts = ["这个产品太棒了!", "质量很差，用了两天就坏了。"], TimeLeft = TimeSpan.FromSeconds(2) };
var reply = await grain.PredictAsync(request);
if (reply.Refusal is { } refusal) Console.WriteLine($"refused: {refusal.Detail}");
foreach (var (text, result) in request.Texts.Zip(reply.Results))
{
    Console.WriteLine($"{reply.Model.Labels[result.LabelIndex]} {result.Probabilities[result.LabelIndex]:F3} {reply.Load.Silo} {text}");
}

await host.StopAsync();
