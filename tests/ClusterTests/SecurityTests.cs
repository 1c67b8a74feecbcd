using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain.ClusterTests;

/// <summary>A cluster that asks for keys over HTTP and for certificates between its processes.</summary>
public sealed class SecurityTests(SecuredCluster secured) : IClassFixture<SecuredCluster>
{
    [Theory]
    [InlineData("POST", "/predict", null, 401)]
    [InlineData("POST", "/predict", "wrong", 401)]
    [InlineData("POST", "/predict", "shop", 200)]
    [InlineData("POST", "/predict", "ops", 200)]
    [InlineData("GET", "/v1/cluster", null, 401)]
    [InlineData("GET", "/v1/cluster", "shop", 200)]
    [InlineData("GET", "/v1/cluster/events?follow=false", null, 401)]
    [InlineData("GET", "/metrics", null, 401)]
    [InlineData("GET", "/metrics", "shop", 403)]
    [InlineData("GET", "/metrics", "ops", 200)]
    [InlineData("POST", "/v1/cluster/silos/silo-b/undrain", null, 401)]
    [InlineData("POST", "/v1/cluster/silos/silo-b/undrain", "shop", 403)]
    [InlineData("POST", "/v1/cluster/silos/silo-b/undrain", "ops", 409)] // let in: but nobody has drained it
    [InlineData("POST", "/v1/cluster/silos/nobody/drain", "ops", 404)]
    [InlineData("GET", "/health", null, 200)]
    [InlineData("GET", "/health/ready", null, 200)]
    [InlineData("GET", "/openapi/v1.json", null, 200)]
    public async Task Call_KeyAndPath_TheStatusOfTheTable(string method, string path, string? key, int status)
    {
        using var http = Http(key);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (path == "/predict") request.Content = JsonContent.Create(new { text = "很好" });
        using var response = await http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        if (status is 401 or 403) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>The admin port of silo-a. A wrong key counts, and all tests share the address: few of them here.</summary>
    [Theory]
    [InlineData("/health", null, 200)]
    [InlineData("/health/live", null, 200)]
    [InlineData("/status", null, 200)]
    [InlineData("/metrics", null, 401)]
    [InlineData("/metrics", "Bearer shop", 403)]
    [InlineData("/metrics", "Bearer ops", 200)]
    [InlineData("/dashboard/", null, 401)]
    [InlineData("/dashboard/", "Basic wrong", 401)]
    [InlineData("/dashboard/", "Basic shop", 401)]
    [InlineData("/dashboard/", "Basic ops", 200)]
    [InlineData("/dashboard/index.min.js", null, 401)]
    [InlineData("/dashboard/index.min.js", "Basic ops", 200)]
    [InlineData("/dashboard/DashboardCounters", null, 401)]
    [InlineData("/dashboard/DashboardCounters", "Basic ops", 200)]
    [InlineData("/dashboard/DashboardCounters", "Bearer ops", 200)]
    public async Task SiloAdmin_KeyAndPath_TheStatusOfTheTable(string path, string? key, int status)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{secured.Cluster.Ports[2]}{path}");
        if (key?.Split(' ') is [var scheme, var name])
        {
            var value = SecuredCluster.KeyOf(name);
            request.Headers.Authorization = new(scheme, scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{value}")) : value);
        }

        using var response = await http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 401 ? "Basic realm=\"evergrain\"" : "", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task SiloAdmin_DrainWithoutAKey_RefusedAndByTheNodesToolsDone()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{secured.Cluster.Ports[5]}") };
        http.DefaultRequestHeaders.Add("X-Evergrain", "1");
        foreach (var path in new[] { "/drain", "/undrain", "/model/use" })
        {
            using var refused = await http.PostAsJsonAsync(path, new { path = Repository.Model });
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        Assert.Equal("ready", (await secured.Cluster.SiloAsync("silo-b")).State);
        var drained = await secured.Cluster.RunAsync("drain", "silo-b");
        Assert.Equal((0, ""), (drained.ExitCode, drained.Error));
        Assert.Equal("draining", (await secured.Cluster.SiloAsync("silo-b")).State);
        Assert.Equal(0, (await secured.Cluster.RunAsync("undrain", "silo-b")).ExitCode);
    }

    [Fact]
    public async Task Call_OverTheKeysRate_429WithRetryAfterAndTheOthersGoOn()
    {
        using var slow = Http("slow");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => slow.PostAsJsonAsync("/predict", new { text = "很好" })));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(refused.Count, 10, 19);
        Assert.All(refused, r => Assert.True(r.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1)));
        Assert.Contains("\"rate_limited\"", await refused[0].Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var shop = Http("shop");
        (await shop.PostAsJsonAsync("/predict", new { text = "很好" })).EnsureSuccessStatusCode();
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Tools_OfTheNodeItself_NeedNoKey()
    {
        var predicted = await secured.Cluster.RunAsync("predict", "很好，很满意");
        Assert.Equal((0, "positive"), (predicted.ExitCode, predicted.Output[..8]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(Path.Combine(secured.Cluster.Folder, ".evergrain", "node.key")).UnixFileMode);
    }

    /// <summary>Ports of Orleans: 0 is silo-a's for silos, 1 its own for clients.</summary>
    [Theory]
    [InlineData(0, "plain")]
    [InlineData(1, "plain")]
    [InlineData(0, "none")]
    [InlineData(1, "none")]
    [InlineData(0, "stranger")]
    [InlineData(1, "stranger")]
    [InlineData(0, "client")] // a gateway's certificate opens no silo port
    public async Task Connect_WithoutTheRightCertificate_RefusedAndLogged(int port, string shown)
    {
        var before = Refusals();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, secured.Cluster.Ports[port]);
        await RequireClosedAsync(tcp, shown);
        await Poll.UntilAsync(() => Refusals() > before, TimeSpan.FromSeconds(5), "a line in the log");
    }

    [Fact]
    public async Task KillSilo_UnderLoad_NoneFailedWithTlsAndKeys()
    {
        await using var load = new Load(20, SecuredCluster.KeyOf("shop"), secured.Cluster.Shared);
        await Poll.UntilAsync(() => load.Count >= 40, TimeSpan.FromSeconds(10), "load");
        var pid = await secured.Cluster.PidAsync("silo-b");
        Command.Signal(pid, Command.SigKill);
        await Poll.UntilAsync(
            async () => (await secured.Cluster.SiloAsync("silo-b")).State == "ready" && await secured.Cluster.PidAsync("silo-b") != pid, TimeSpan.FromSeconds(15), "silo-b back");
        Load.RequireNoneFailedNoneWrong(await load.StopAsync());
    }

    private HttpClient Http(string? key)
    {
        var http = new HttpClient { BaseAddress = secured.Cluster.GatewayA };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", SecuredCluster.KeyOf(key));
        return http;
    }

    private int Refusals() => secured.Cluster.Log("silo-a").Split(" refused: ").Length;

    private async Task RequireClosedAsync(TcpClient tcp, string shown)
    {
        var buffer = new byte[256];
        if (shown == "plain")
        {
            await tcp.GetStream().WriteAsync("hello, who is there?\r\n"u8.ToArray());
            try
            {
                // An alert, and then the end.
                while (await tcp.GetStream().ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(5)) > 0)
                {
                }
            }
            catch (IOException)
            {
                // Reset: closed all the same.
            }

            return;
        }

        var certificate = shown switch
        {
            "none" => null,
            "stranger" => SecuredCluster.Certificate(secured.Stranger, "client"),
            _ => SecuredCluster.Certificate(secured.Certificates, shown),
        };
        await using var stream = new SslStream(tcp.GetStream());
        // Under TLS 1.3 a client hears of the refusal only when it reads.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "silo",
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificates = certificate is null ? [] : [certificate],
                // The silo's is of an authority that this system does not know.
                RemoteCertificateValidationCallback = (_, silo, _, _) => silo is not null,
            }).WaitAsync(TimeSpan.FromSeconds(5));
            if (await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(5)) == 0) throw new IOException("closed");
        });
    }
}

/// <summary>Keys for callers and operators, certificates of one authority.</summary>
public sealed class SecuredCluster : IAsyncLifetime
{
    internal Cluster Cluster { get; private set; } = null!;

    internal string Certificates { get; } = Directory.CreateTempSubdirectory("evergrain-certs-").FullName;

    /// <summary>Certificates of another authority.</summary>
    internal string Stranger { get; } = Directory.CreateTempSubdirectory("evergrain-certs-").FullName;

    internal static string KeyOf(string name) => $"the key of {name}";

    internal static System.Security.Cryptography.X509Certificates.X509Certificate2 Certificate(string folder, string name)
        => System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));

    public async ValueTask InitializeAsync()
    {
        foreach (var folder in new[] { Certificates, Stranger })
        {
            var made = await Command.RunAsync(Repository.Cli, ["certs", "--out", folder, "--for", "tests"]);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        Cluster = await Cluster.StartAsync(more: $$"""
            tls: { folder: "{{Certificates}}" }
            keys:
              - { name: shop, role: caller, sha256: {{Hash("shop")}} }
              - { name: slow, role: caller, sha256: {{Hash("slow")}}, rate: 2, burst: 4 }
              - { name: ops, role: operator, sha256: {{Hash("ops")}} }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null) await Cluster.DisposeAsync();
        Directory.Delete(Certificates, recursive: true);
        Directory.Delete(Stranger, recursive: true);
    }

    private static string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(KeyOf(name))));
}
