using System.Globalization;
using Evergrain.Bench.Baseline;
using Evergrain.Bench.Batching;
using Evergrain.Bench.Cuda;
using Evergrain.Bench.Latency;
using Evergrain.Bench.Micro;
using Evergrain.Bench.Plain;
using Evergrain.Bench.Precision;
using Evergrain.Bench.Routing;
using Evergrain.Bench.Sessions;
using Evergrain.Bench.Throughput;
using Evergrain.Bench.Tls;

if (args is ["routing"]) return await RoutingBench.RunAsync();
if (args is ["micro", ..])
{
    MicroBench.Run(args[1..]);
    return 0;
}

// Processes that the latency bench starts.
if (args is [PlainHosts.Silo, var plainModel, var plainSilo, var plainPort])
{
    await PlainHosts.RunSiloAsync(plainModel, int.Parse(plainSilo, CultureInfo.InvariantCulture), int.Parse(plainPort, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [PlainHosts.Gateway, var plainHttp, var plainTo])
{
    await PlainHosts.RunGatewayAsync(int.Parse(plainHttp, CultureInfo.InvariantCulture), int.Parse(plainTo, CultureInfo.InvariantCulture));
    return 0;
}

using var cancelled = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    cancelled.Cancel();
};
if (args is ["throughput", ..] && ThroughputOptions.Parse(args.AsSpan(1)) is { } throughput) return await ThroughputBench.RunAsync(throughput, cancelled.Token);
if (args is ["tls", ..]) return await TlsBench.RunAsync(args[1..], cancelled.Token);
if (args is ["cuda", ..]) return await CudaBench.RunAsync(args[1..], cancelled.Token);
if (args is ["batching", ..]) return await BatchingBench.RunAsync(args[1..], cancelled.Token);
if (args is ["precision", ..]) return await PrecisionBench.RunAsync(args[1..], cancelled.Token);
if (args is ["sessions", ..] and { Length: <= 2 })
{
    await SessionBench.RunAsync(args.ElementAtOrDefault(1) ?? Path.Combine("models", "default"), cancelled.Token);
    return 0;
}

if (args is ["latency", ..] && LatencyOptions.Parse(args.AsSpan(1)) is { } latency) return await LatencyBench.RunAsync(latency, cancelled.Token);
if (args is ["baseline", ..] && BaselineOptions.Parse(args.AsSpan(1)) is { } baseline) return await BaselineBench.RunAsync(baseline, cancelled.Token);

Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Evergrain.Bench -- routing\n       … micro [BenchmarkDotNet arguments]\n       … {ThroughputOptions.Usage}\n       … {BaselineOptions.Usage}\n       … {BatchingBench.Usage}\n       … {LatencyOptions.Usage}\n       … {PrecisionBench.Usage}\n       … {CudaBench.Usage}\n       … {TlsBench.Usage}\n       … sessions [MODEL]");
return 2;
