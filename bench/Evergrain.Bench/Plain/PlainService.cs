using System.Diagnostics;
using Evergrain.Cli.Drill.Clusters;

namespace Evergrain.Bench.Plain;

/// <summary>The least that one would write with the same libraries: an HTTP endpoint, one call through an Orleans client, a grain that tokenizes and runs the session.
/// No second silo, no choice of one, no queue, batches, deadlines, retries, checks, keys or metrics. Two processes, as in a pair.</summary>
internal sealed class PlainService : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly List<Process> _processes = [];

    private PlainService(Uri address) => Address = address;

    public Uri Address { get; }

    /// <param name="model">Model package.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PlainService> StartAsync(string model, CancellationToken cancellationToken)
    {
        var (silo, gateway, http) = (FreePorts.Take(), FreePorts.Take(), FreePorts.Take());
        var service = new PlainService(new Uri($"http://127.0.0.1:{http}"));
        try
        {
            service.Start(PlainHosts.Silo, Path.GetFullPath(model), $"{silo}", $"{gateway}");
            service.Start(PlainHosts.Gateway, $"{http}", $"{gateway}");
            await service.WaitAsync(cancellationToken);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }

            process.Dispose();
        }
    }

    private void Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Evergrain.Bench");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true };
        start.Environment["DOTNET_gcServer"] = "1"; // as silos and gateways have it
        _processes.Add(Process.Start(start)!);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var body = new StringContent("""{"text":"好"}""", null, "application/json");
                using var answer = await http.PostAsync(new Uri(Address, "/predict"), body, cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }

            if (_processes.Exists(process => process.HasExited)) throw new InvalidOperationException("A process of the plain service ended.");
            if (Stopwatch.GetElapsedTime(started) > StartLimit) throw new InvalidOperationException($"The plain service did not answer within {StartLimit.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }
}
