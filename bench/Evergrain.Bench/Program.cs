using Evergrain.Bench.Micro;
using Evergrain.Bench.Routing;
using Evergrain.Bench.Throughput;

if (args is ["routing"]) return await RoutingBench.RunAsync();
if (args is ["micro", ..])
{
    MicroBench.Run(args[1..]);
    return 0;
}

if (args is ["throughput", ..] && ThroughputOptions.Parse(args.AsSpan(1)) is { } options)
{
    using var cancelled = new CancellationTokenSource();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        cancelled.Cancel();
    };
    return await ThroughputBench.RunAsync(options, cancelled.Token);
}

Console.Error.WriteLine($"usage: dotnet run -c Release --project bench/Evergrain.Bench -- routing\n       … micro [BenchmarkDotNet arguments]\n       … {ThroughputOptions.Usage}");
return 2;
