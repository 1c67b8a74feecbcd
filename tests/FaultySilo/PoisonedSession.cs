using System.Diagnostics;
using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;

namespace Evergrain.FaultySilo;

/// <summary>A session that dies of one text, process and all, and throws on another.</summary>
internal sealed class PoisonedSession(IModelSession session, ModelPackage package) : IModelSession
{
    private readonly long[] _kill = Encode(package, PoisonTexts.Kill);
    private readonly long[] _throw = Encode(package, PoisonTexts.Throw);

    public ReadOnlySpan<float> Run(PaddedBatch batch)
    {
        if (Holds(batch, _kill)) Process.GetCurrentProcess().Kill();
        if (Holds(batch, _throw)) throw new InvalidOperationException("this text makes the session throw");
        return session.Run(batch);
    }

    public IModelSession Share() => new PoisonedSession(session.Share(), package);

    public void Dispose() => session.Dispose();

    private static bool Holds(PaddedBatch batch, long[] text)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            // The whole row: a longer text that only begins like it is innocent.
            var ids = batch.InputIds.Span.Slice(row * batch.Length, batch.Length);
            var length = batch.AttentionMask.Span.Slice(row * batch.Length, batch.Length).Count(1L);
            if (ids[..length].SequenceEqual(text)) return true;
        }

        return false;
    }

    private static long[] Encode(ModelPackage package, string text)
        => [.. package.Tokenizer.Encode(text, package.Manifest.MaxLength, out _).Select(id => (long)id)];
}
