using System.Collections.Immutable;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Models;

/// <summary>Tries a session out before it serves: known answers, warm-up, speed.</summary>
internal sealed class SessionTrial(ModelPackage package, IModelSession session, TimeProvider time)
{
    /// <summary>Taken for the speed where the clock stood still.</summary>
    private const double UnknownRate = 1000;

    private readonly PaddedBatch _batch = new(package.Tokenizer.PadId);

    /// <summary>What the session says of each known answer, one by one.</summary>
    public IEnumerable<KnownAnswerResult> AskKnownAnswers() => Ask(package.KnownAnswers);

    /// <summary>The same of some of them.</summary>
    public IEnumerable<KnownAnswerResult> Ask(IEnumerable<KnownAnswer> answers)
    {
        foreach (var known in answers)
        {
            _batch.Fill([package.Tokenizer.Encode(known.Text, package.Manifest.MaxLength, out _)]);
            var start = time.GetTimestamp();
            var (logits, probabilities) = Run();
            yield return new KnownAnswerResult(known, package.Identity.Labels, logits, probabilities, time.GetElapsedTime(start));
        }
    }

    /// <exception cref="ModelRefusedException">The session throws or an answer is wrong; names the first that is.</exception>
    public void RequireKnownAnswers(DeviceSpec device, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var result in AskKnownAnswers())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!result.IsRight) throw new ModelRefusedException($"Wrong known answer of {package.Folder} on {device}: {result}.");
            }
        }
        catch (Exception e) when (e is not (ModelRefusedException or OperationCanceledException))
        {
            throw new ModelRefusedException($"{package.ModelPath} fails on {device} at its known answers: {e.Message}", e);
        }
    }

    /// <summary>Runs a text of the greatest length.</summary>
    public void RunLongest() => Measure(1, package.Manifest.MaxLength, runs: 1);

    /// <summary>Runs a batch of texts of equal length and takes the time.</summary>
    public Throughput Measure(int rows, int length, int runs)
    {
        _batch.Fill(Texts(rows, Math.Min(length, package.Manifest.MaxLength)));
        var start = time.GetTimestamp();
        for (var run = 0; run < runs; run++) session.Run(_batch);
        var seconds = time.GetElapsedTime(start).TotalSeconds;
        var tokens = (double)rows * _batch.Length * runs;
        return seconds > 0
            ? new Throughput(rows, _batch.Length, rows * runs / seconds, tokens / seconds)
            : new Throughput(rows, _batch.Length, UnknownRate / _batch.Length, UnknownRate);
    }

    // Apart: a span cannot live across a yield.
    private (ImmutableArray<float> Logits, ImmutableArray<float> Probabilities) Run()
    {
        var logits = session.Run(_batch);
        return ([.. logits], Softmax.Of(logits));
    }

    /// <summary>The known answers' ids, over and over, cut to texts of one length.</summary>
    private int[][] Texts(int rows, int length)
    {
        var tokenizer = package.Tokenizer;
        int[] ids = [.. package.KnownAnswers.SelectMany(known => tokenizer.Encode(known.Text, package.Manifest.MaxLength, out _)[1..^1])];
        if (ids.Length == 0) ids = [tokenizer.PadId];
        var next = 0;
        var texts = new int[rows][];
        for (var row = 0; row < rows; row++)
        {
            texts[row] = new int[length];
            for (var i = 0; i < length; i++) texts[row][i] = ids[next++ % ids.Length];
            (texts[row][0], texts[row][^1]) = (tokenizer.ClsId, tokenizer.SepId);
        }

        return texts;
    }
}

/// <summary>Speed at one batch size.</summary>
public sealed record Throughput(int BatchSize, int Length, double TextsPerSecond, double TokensPerSecond);
