using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Evergrain.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Core.Internal;

namespace Evergrain.ClusterTests;

/// <summary>What an Orleans client may call through a silo's gateway port, and what it may not.</summary>
[Collection(TracedCluster.Name)]
public sealed class CallerTests(CallerTests.Connected connected)
{
    private IClusterClient Client => connected.Client;

    [Fact]
    public async Task ManagementGrain_Client_RefusedAndLogged()
    {
        var management = Client.GetGrain<IManagementGrain>(0);

        var error = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => management.GetHosts());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => management.ForceGarbageCollection([]));

        Assert.StartsWith("IManagementGrain is not for clients of this cluster", error.Message, StringComparison.Ordinal);
        await Poll.UntilAsync(() => Lines("IManagementGrain") == 1, TimeSpan.FromSeconds(5), "one line in the logs");
    }

    /// <summary>Orleans has no public type for it, and its client library sends the call all the same.</summary>
    [Fact]
    public async Task SystemTarget_Client_RefusedAndLogged()
    {
        var control = typeof(IClusterClient).Assembly.GetType("Orleans.ISiloControl", throwOnError: true)!;
        var gateway = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, connected.Cluster.Ports[1]), 0);
        var target = SystemTargetGrainId.Create(SystemTargetGrainId.CreateGrainType("silo-control"), gateway).GrainId;
        var get = typeof(IGrainFactory).GetMethods().Single(m => m is { Name: "GetGrain", IsGenericMethod: true } && m.GetParameters() is [{ ParameterType: var only }] && only == typeof(GrainId));
        var silo = get.MakeGenericMethod(control).Invoke(Client, [target]);
        var count = (Task)control.GetMethod("GetActivationCount")!.Invoke(silo, [CancellationToken.None])!;

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => count);

        await Poll.UntilAsync(() => Lines("ISiloControl") == 1, TimeSpan.FromSeconds(5), "one line in the logs");
    }

    /// <summary>The grain is one for callers, the extension that every grain has is not.</summary>
    [Fact]
    public async Task GrainExtension_Client_Refused()
        => await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => Client.GetGrain<IInferenceGrain>("sentiment").AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask());

    [Fact]
    public async Task InferenceGrain_PlainOrleansClient_AnswersAndACancelledCallEnds()
    {
        var grain = Client.GetGrain<IInferenceGrain>("sentiment");
        var request = new PredictRequest { Texts = ["很好"], TimeLeft = TimeSpan.FromSeconds(5) };

        var reply = await grain.PredictAsync(request);
        using var cancelled = new CancellationTokenSource();
        // Seconds of work; before the silo has begun with it, it could hear of the cancellation first, or of neither.
        var work = request with { Texts = [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("很好", 60)), 1024)], TimeLeft = TimeSpan.FromMinutes(1), Lane = Lane.Bulk };
        var call = grain.PredictAsync(work, cancelled.Token);
        await Poll.UntilAsync(async () => (await grain.PredictAsync(request)).Load.InFlight > 1, TimeSpan.FromSeconds(5), "the silo is at work");
        await cancelled.CancelAsync();

        Assert.Null(reply.Refusal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Poll.UntilAsync(async () => (await grain.PredictAsync(request)).Load.InFlight <= 1, TimeSpan.FromSeconds(5), "the silo has dropped the cancelled texts");
        Assert.Equal(0, Lines("IGrainCallCancellationExtension"));
        // The silo answered it, although nobody waits: an exception would hold up the answers to all others of the connection.
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Connected.Key);
        var metrics = new Uri($"http://127.0.0.1:{connected.Cluster.Ports[2]}/metrics");
        await Poll.UntilAsync(
            async () => (await http.GetStringAsync(metrics)).Contains("result=\"cancelled\"} 1024", StringComparison.Ordinal), TimeSpan.FromSeconds(5), "1,024 texts counted as cancelled");
    }

    /// <summary>The client library needs the reports to call at all, and drains by the operations grain.</summary>
    [Fact]
    public async Task ClientLibrary_PredictDrainUndrain_Done()
    {
        await using var client = await EvergrainClient.ConnectAsync($"127.0.0.1:{connected.Cluster.Ports[4]}");
        await Poll.UntilAsync(() => client.Silos.Any(s => s.Name == "silo-b"), TimeSpan.FromSeconds(10), "silo-b connected");

        Assert.Equal("positive", (await client.PredictAsync("很好，很满意")).Label);
        await client.DrainAsync("silo-b", "a test");
        Assert.Equal("draining", (await connected.Cluster.SiloAsync("silo-b")).State);
        await client.UndrainAsync("silo-b", "a test");
        Assert.Equal("ready", (await connected.Cluster.SiloAsync("silo-b")).State);
    }

    [Fact]
    public async Task Gateway_PredictionAndDrain_Done()
    {
        using var http = new HttpClient { BaseAddress = connected.Cluster.GatewayA };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Connected.Key);

        (await http.PostAsJsonAsync("/predict", new { text = "很好" })).EnsureSuccessStatusCode();
        (await http.PostAsync("/v1/cluster/silos/silo-a/drain", null)).EnsureSuccessStatusCode();
        (await http.PostAsync("/v1/cluster/silos/silo-a/undrain", null)).EnsureSuccessStatusCode();
        // The dashboard calls grains of its own, from inside the silo.
        Assert.Contains("silo-b", await http.GetStringAsync(new Uri($"http://127.0.0.1:{connected.Cluster.Ports[2]}/dashboard/DashboardCounters")), StringComparison.Ordinal);
        Assert.Equal(0, Lines("IDashboardGrain"));
    }

    private int Lines(string called) => new[] { "silo-a", "silo-b" }.Sum(silo => connected.Cluster.Log(silo).Split($"called \\\"{called}\\\".").Length - 1);

    /// <summary>A cluster that asks for keys and traces what a caller wants traced, and a plain Orleans client of its first silo.</summary>
    public sealed class Connected : IAsyncLifetime
    {
        public const string Key = "the key of an operator";

        private IHost? _host;

        internal TraceCollector Collector { get; } = new();

        internal Cluster Cluster { get; private set; } = null!;

        internal IClusterClient Client => _host!.Services.GetRequiredService<IClusterClient>();

        public async ValueTask InitializeAsync()
        {
            Cluster = await Cluster.StartAsync(
                more: $$"""
                    keys: [{ name: ops, role: operator, sha256: {{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}} }]
                    tracing: { otlp: "{{Collector.Address}}", ratio: 0 }
                    """);
            var builder = Host.CreateEmptyApplicationBuilder(null);
            builder.UseOrleansClient(client => client
                .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, Cluster.Ports[1]))
                .Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = "evergrain")
                .Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(10)));
            _host = builder.Build();
            await _host.StartAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (_host is not null)
            {
                await _host.StopAsync();
                _host.Dispose();
            }

            await Cluster.DisposeAsync();
            await Collector.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class TracedCluster : ICollectionFixture<CallerTests.Connected>
{
    public const string Name = "traced cluster";
}
