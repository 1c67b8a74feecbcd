using System.Collections.Immutable;
using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Models;

/// <summary>Looks a package over without serving it: what <c>model check</c> reports.</summary>
public sealed record ModelCheck(
    ModelManifest Manifest, ModelIdentity Identity, ImmutableArray<KnownAnswerResult> KnownAnswers, ImmutableArray<Throughput> Speed)
{
    /// <summary>Length of the texts whose speed is measured, in tokens.</summary>
    private const int Length = 32;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(1);

    /// <summary>Blocks for some seconds.</summary>
    /// <exception cref="ModelRefusedException">Anything but a wrong known answer, which is in the result.</exception>
    public static ModelCheck Run(string folder, string device, int threads, TimeProvider time)
    {
        var spec = DeviceSpec.Parse(device);
        var package = ModelPackage.Load(folder);
        using var session = OnnxSession.Open(package, spec, threads);
        var trial = new SessionTrial(package, session, time);
        trial.RunLongest();
        return new ModelCheck(
            package.Manifest, package.Identity, [.. trial.AskKnownAnswers()], [MeasureFor(trial, rows: 1), MeasureFor(trial, rows: 32)]);
    }

    private static Throughput MeasureFor(SessionTrial trial, int rows)
    {
        var once = trial.Measure(rows, Length, runs: 2);
        return trial.Measure(rows, Length, runs: Math.Clamp((int)(Measured.TotalSeconds * once.TextsPerSecond / rows), 1, 10_000));
    }
}
