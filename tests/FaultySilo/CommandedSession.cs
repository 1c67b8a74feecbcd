using System.Diagnostics;
using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Engine.Sessions;

namespace Evergrain.FaultySilo;

/// <summary>A session that fails as a device does, as long as it is told to.</summary>
internal sealed class CommandedSession(IModelSession session, FaultFile faults, int labels) : IModelSession
{
    /// <summary>Against zero for every other label: a probability of more than 0.99.</summary>
    private const float Sure = 6;

    private float[] _logits = [];

    public ReadOnlySpan<float> Run(PaddedBatch batch)
    {
        var fault = faults.Current;
        return fault?.Kind switch
        {
            SessionFault.Constants => Constants(batch.Rows),
            SessionFault.NotANumber => Filled(batch.Rows, float.NaN),
            SessionFault.Sticky => throw new InvalidOperationException(
                "[ErrorCode:Fail] CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; expr=cudaStreamSynchronize(stream)"),
            SessionFault.Hang => Hang(),
            SessionFault.OutOfMemory when batch.Rows > fault.MostRows => throw new InvalidOperationException(
                "[ErrorCode:RuntimeException] Non-zero status code returned while running MatMul node. Status Message: Failed to allocate memory for requested buffer of size 1073741824"),
            _ => session.Run(batch),
        };
    }

    public IModelSession Share() => new CommandedSession(session.Share(), faults, labels);

    public void Dispose() => session.Dispose();

    private ReadOnlySpan<float> Constants(int rows)
    {
        var logits = Filled(rows, 0);
        for (var last = labels - 1; last < logits.Length; last += labels) logits[last] = Sure;
        return logits;
    }

    private Span<float> Filled(int rows, float value)
    {
        if (_logits.Length < rows * labels) _logits = new float[rows * labels];
        var logits = _logits.AsSpan(0, rows * labels);
        logits.Fill(value);
        return logits;
    }

    private static ReadOnlySpan<float> Hang()
    {
        using var never = new ManualResetEvent(false);
        never.WaitOne();
        throw new UnreachableException();
    }
}
