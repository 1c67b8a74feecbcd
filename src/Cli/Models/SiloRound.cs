using System.Collections.Immutable;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Models;

/// <summary>Asks all silos of a node what they serve, again and again, until none is on its way any more.</summary>
internal sealed class SiloRound(
    ImmutableArray<SiloConfig> node, IModelSilos silos, RolloutOptions options, TextWriter output, TimeProvider time)
{
    internal readonly record struct Seen(SiloConfig Silo, SiloStatus? Status);

    public ImmutableArray<SiloConfig> Node => node;

    /// <param name="wasReady">Whether a silo that does not answer is expected back: its supervisor starts it again.</param>
    /// <param name="look">Told what a ready silo serves; true where it has changed that, so that all are asked once more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What they said at last.</returns>
    public async Task<ImmutableArray<Seen>> RunAsync(
        Predicate<string> wasReady, Func<SiloConfig, ServedModel, Task<bool>> look, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var told = false;
        while (true)
        {
            var all = ImmutableArray.CreateBuilder<Seen>();
            var onTheirWay = new List<string>();
            var changed = false;
            foreach (var silo in node)
            {
                var status = await silos.StatusAsync(silo, cancellationToken);
                all.Add(new Seen(silo, status));
                if (ServedModel.Of(status) is { } served)
                    changed |= await look(silo, served);
                else if (status is { State: ProcessState.Starting } || (status is null && wasReady(silo.Name)))
                    onTheirWay.Add(Describe(silo, status));
            }

            var late = time.GetElapsedTime(began) >= options.Settle;
            if (!changed && (late || onTheirWay.Count == 0))
                return all.ToImmutable();
            if (onTheirWay.Count > 0 && !told)
                await output.WriteLineAsync($"waiting for up to {Durations.Format(options.Settle)}: {string.Join("; ", onTheirWay)}");
            told |= onTheirWay.Count > 0;
            await Task.Delay(options.Poll, time, cancellationToken);
        }
    }

    /// <summary>"silo-b is failed (why)", "silo-b does not answer".</summary>
    public static string Describe(SiloConfig silo, SiloStatus? status) => status switch
    {
        null => $"{silo.Name} does not answer",
        { Reason: { } reason } => $"{silo.Name} is {status.State} ({reason})",
        _ => $"{silo.Name} is {status.State}",
    };
}
