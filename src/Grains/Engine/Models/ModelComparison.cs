using System.Collections.Immutable;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Models;

/// <summary>Two packages of one model side by side, such as fp32 and int8: what <c>model compare</c> reports.</summary>
/// <param name="Texts">How many texts both were asked.</param>
/// <param name="SameLabel">Texts to which both give the same label, each text alone.</param>
/// <param name="MeanDifference">Of a text's probabilities between the two, the greatest of the labels; mean over all texts.</param>
/// <param name="MostDifference">The same; of the text where it is greatest.</param>
/// <param name="First">The first package's texts alone against the same texts in a batch of others.</param>
/// <param name="Second">The second package's.</param>
public sealed record ModelComparison(
    int Texts, int SameLabel, double MeanDifference, double MostDifference, BatchEffect First, BatchEffect Second)
{
    /// <summary>Texts in a mixed batch.</summary>
    public const int BatchSize = 64;

    /// <summary>Blocks: every text is run four times.</summary>
    /// <exception cref="ModelRefusedException">A package cannot be opened, has other labels than the other, or says nothing finite.</exception>
    public static ModelComparison Run(string first, string second, ImmutableArray<string> texts, string device, int threads)
    {
        var (alone1, effect1, labels1) = Ask(first, texts, device, threads);
        var (alone2, effect2, labels2) = Ask(second, texts, device, threads);
        if (!labels1.SequenceEqual(labels2))
        {
            throw new ModelRefusedException(
                $"{first} has the labels {string.Join(", ", labels1)}, {second} has {string.Join(", ", labels2)}: they are not the same model.");
        }

        var differences = alone1.Zip(alone2, BatchEffect.Difference).ToList();
        return new ModelComparison(
            texts.Length,
            alone1.Zip(alone2).Count(pair => BatchEffect.Label(pair.First) == BatchEffect.Label(pair.Second)),
            differences.Average(),
            differences.Max(),
            effect1,
            effect2);
    }

    private static (List<ImmutableArray<float>> Alone, BatchEffect Effect, ImmutableArray<string> Labels) Ask(
        string folder, ImmutableArray<string> texts, string device, int threads)
    {
        var spec = DeviceSpec.Parse(device);
        var package = ModelPackage.Load(folder);
        using var session = OnnxSession.Open(package, spec, threads);
        int[][] ids = [.. texts.Select(text => package.Tokenizer.Encode(text, package.Manifest.MaxLength, out _))];
        var batch = new PaddedBatch(package.Tokenizer.PadId);
        var alone = ids.SelectMany(text => Run(package, session, batch, [text])).ToList();
        // As they come: short and long ones together, which the batcher would never do.
        var mixed = ids.Chunk(BatchSize).SelectMany(rows => Run(package, session, batch, rows)).ToList();
        return (alone, BatchEffect.Of(alone, mixed), package.Identity.Labels);
    }

    private static List<ImmutableArray<float>> Run(ModelPackage package, IModelSession session, PaddedBatch batch, int[][] rows)
    {
        batch.Fill(rows);
        var logits = session.Run(batch);
        var labels = package.Manifest.Labels.Length;
        var answers = new List<ImmutableArray<float>>(rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            var probabilities = Softmax.Of(logits.Slice(row * labels, labels));
            if (probabilities.IsEmpty) throw new ModelRefusedException($"{package.ModelPath} has no finite answer to one of the texts.");
            answers.Add(probabilities);
        }

        return answers;
    }
}

/// <summary>What a text's neighbours in a batch change in its answer.</summary>
/// <param name="MostDifference">Greatest difference of a probability.</param>
/// <param name="OtherLabel">Texts that get another label in a batch, although the two labels are more than 0.04 apart.</param>
public sealed record BatchEffect(double MostDifference, int OtherLabel)
{
    /// <summary>Nearer to each other than this the labels may change places.</summary>
    private const double Undecided = 0.04;

    internal static BatchEffect Of(IReadOnlyList<ImmutableArray<float>> alone, IReadOnlyList<ImmutableArray<float>> mixed) => new(
        alone.Zip(mixed, Difference).Max(),
        alone.Zip(mixed).Count(pair => Label(pair.First) != Label(pair.Second) && Lead(pair.First) > Undecided));

    internal static double Difference(ImmutableArray<float> one, ImmutableArray<float> other) => one.Zip(other, (a, b) => Math.Abs((double)a - b)).Max();

    internal static int Label(ImmutableArray<float> probabilities) => probabilities.IndexOf(probabilities.Max());

    private static double Lead(ImmutableArray<float> probabilities)
    {
        var sorted = probabilities.Sort();
        return (double)sorted[^1] - sorted[^2];
    }
}
