using System.Collections.Immutable;
using Evergrain.Client.Channels;

namespace Evergrain.Client.Dispatching;

/// <summary>
/// Sends the chunks of one call to the cluster, in parallel, and sees to it that one model answers all of them: the one that most silos serve.
/// Where that goes away meanwhile, chunks that another one answered are asked again.
/// </summary>
internal sealed class ChunkSender(IChannelSource channels, IDispatcher dispatcher, TimeProvider time)
{
    /// <summary>Chunks of one call that may be out at a time, per silo: enough to keep every silo busy, few enough that one large call neither
    /// fills the queues nor delays others.</summary>
    private const int ChunksPerSilo = 2;

    /// <summary>A silo changes its model in seconds: who meets it twice meets more than one change.</summary>
    private const int MostRepeats = 2;

    /// <param name="chunks">The texts of each.</param>
    /// <param name="deadline">Time that the call has.</param>
    /// <param name="options">How to treat it.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>One per chunk, in order.</returns>
    /// <exception cref="EvergrainException">Different models answered, again and again.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<DispatchResult[]> SendAsync(
        ImmutableArray<ImmutableArray<string>> chunks, TimeSpan deadline, PredictOptions options, CancellationToken cancellationToken)
    {
        // A silo answers a chunk with one model.
        if (chunks.Length == 1) return [await dispatcher.SendAsync(Request(chunks[0], deadline, options), null, cancellationToken).ConfigureAwait(false)];

        var started = time.GetTimestamp();
        var results = new DispatchResult[chunks.Length];
        var model = options.AllowMixedModels ? null : MostServed();
        await AskAsync(Enumerable.Range(0, chunks.Length)).ConfigureAwait(false);
        for (var repeats = 0; !options.AllowMixedModels && Models(results) is { Count: > 1 } models; repeats++)
        {
            if (repeats == MostRepeats) throw Mixed(results.Max(r => r.Attempts));
            model = MostServed() ?? MostCommon(models);
            await AskAsync(Enumerable.Range(0, chunks.Length).Where(i => results[i].Reply is { } reply && reply.Model.Hash != model)).ConfigureAwait(false);
        }

        return results;

        Task AskAsync(IEnumerable<int> which)
        {
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = ChunksPerSilo * Math.Max(1, Usable().Count(m => model is null || m.Hash == model)),
                CancellationToken = cancellationToken,
            };
            return Parallel.ForEachAsync(which, parallel, async (i, cancel) =>
            {
                var left = deadline - time.GetElapsedTime(started);
                var before = results[i]?.Attempts ?? 0;
                var result = await dispatcher.SendAsync(Request(chunks[i], left, options), model, cancel).ConfigureAwait(false);
                results[i] = result with { Attempts = before + result.Attempts };
            });
        }
    }

    /// <summary>The hash that most usable silos report; null where none does.</summary>
    private string? MostServed() => MostCommon(Usable().Where(m => m.Hash.Length > 0));

    /// <summary>Of those that are equally common the greatest version, so that all clients choose alike and no chunk is asked twice.</summary>
    private static string? MostCommon(IEnumerable<ModelIdentity> models) => models
        .GroupBy(m => m.Hash)
        .OrderByDescending(g => g.Count()).ThenByDescending(g => g.First().Version, StringComparer.Ordinal).ThenByDescending(g => g.Key, StringComparer.Ordinal)
        .FirstOrDefault()?.Key;

    /// <summary>The model of each silo that takes calls.</summary>
    private IEnumerable<ModelIdentity> Usable()
    {
        var now = time.GetTimestamp();
        return channels.Current.Where(c => c.ToCandidate(now) is { Connected: true, Suspect: false, State: SiloState.Ready }).Select(c => c.Model);
    }

    private static List<ModelIdentity> Models(DispatchResult[] results)
    {
        var models = results.Select(r => r.Reply?.Model).OfType<ModelIdentity>().ToList();
        return models.TrueForAll(m => m.Hash == models[0].Hash) ? [] : models;
    }

    private static EvergrainException Mixed(int attempts)
    {
        var result = DispatchResult.MixedModels(attempts);
        return new EvergrainException(result.Error, result.Detail!, result.RetryAfter, attempts);
    }

    private static PredictRequest Request(ImmutableArray<string> texts, TimeSpan left, PredictOptions options)
        => new() { Texts = texts, TimeLeft = left, Lane = options.Lane };
}
