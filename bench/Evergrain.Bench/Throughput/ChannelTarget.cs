using Evergrain.Client;

namespace Evergrain.Bench.Throughput;

/// <summary>Client library, channel and grain: the way of a .NET service.</summary>
internal sealed class ChannelTarget(EvergrainClient client, ServingPair pair) : ITarget
{
    private static readonly PredictOptions Options = new() { Deadline = TimeSpan.FromSeconds(30) };

    public string Name => "(c) client, channel, grain";

    public Task<Measured> RunAsync(Workload work, CancellationToken cancellationToken)
        => ClosedLoop.RunAsync(work, AskAsync, () => pair.Processor, cancellationToken);

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task AskAsync(ArraySegment<string> texts, CancellationToken cancellationToken)
    {
        var batch = await client.PredictAsync(texts, Options, cancellationToken);
        if (batch.Rows.FirstOrDefault(row => row.Error != ErrorCode.None) is { } bad) throw new InvalidOperationException($"{bad.Error}: {bad.Detail}");
    }
}
