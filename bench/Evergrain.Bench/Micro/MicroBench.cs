using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Evergrain.Bench.Micro;

/// <summary>The parts that every text goes through, by themselves.</summary>
internal static class MicroBench
{
    public static void Run(string[] args) => BenchmarkSwitcher
        .FromTypes([typeof(TokenizerBenchmark), typeof(BatchQueueBenchmark), typeof(SerializerBenchmark)])
        // In this process: the benchmark's own build would not know this solution's folders.
        .Run(args.Length == 0 ? ["--filter", "*"] : args, DefaultConfig.Instance.AddJob(Job.MediumRun.WithToolchain(InProcessEmitToolchain.Instance)));
}
