using System.Collections.Immutable;

namespace Evergrain.Cli.Drill.Load;

/// <summary>What the cluster answered before any fault: the measure for "wrong" afterwards.</summary>
internal sealed class KnownAnswers(ImmutableArray<Sample> answers)
{
    /// <summary>Nearer to the fence than this, another batch-mate may tip the label.</summary>
    public const double Undecided = 0.02;

    /// <summary>Asks each once, as the load will.</summary>
    /// <exception cref="UserException">One is not answered.</exception>
    public static async Task<KnownAnswers> AskAsync(ImmutableArray<byte[]> bodies, CallerKind caller, Connect? connect, ScenarioClock clock)
    {
        using var asking = new Caller(caller, 0, connect, clock);
        var answers = ImmutableArray.CreateBuilder<Sample>(bodies.Length);
        for (var i = 0; i < bodies.Length; i++)
        {
            var answer = await asking.AskAsync(clock.Now, i, bodies[i]);
            if (!answer.Answered)
                throw new UserException($"the cluster does not answer, before any fault: {answer.Failure}");
            answers.Add(answer);
        }
        return new KnownAnswers(answers.MoveToImmutable());
    }

    /// <summary>Another label than before the fault, where the model was not undecided.</summary>
    public bool IsWrong(Sample sample) => sample.Answered && IsWrong(sample.Text, sample.Label!);

    /// <summary>The same for an answer to the text of that number.</summary>
    public bool IsWrong(int text, string label) => label != answers[text].Label && Math.Abs(answers[text].Score - 0.5) > Undecided;
}
