using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>What the dispatcher needs of a silo's channel; tests script it.</summary>
internal interface ISiloChannel
{
    /// <summary>The silo's name as in the YAML, or its endpoint while it has not reported.</summary>
    string Name { get; }

    /// <summary>The newest report, null while there was none.</summary>
    ReportState? State { get; }

    /// <summary>Cancelled when the silo is lost: connection closed, or suspect.</summary>
    CancellationToken Lost { get; }

    /// <summary>The channel as the pick policy sees it.</summary>
    Candidate ToCandidate(bool tried, bool declaredDead);

    /// <summary>Calls the inference grain on this silo.</summary>
    Task<PredictReply> PredictAsync(PredictRequest request, long tokens, CancellationToken cancellationToken);

    /// <summary>Learns from an answer: what it took, and what was predicted with the lag left out.</summary>
    void Observe(TimeSpan observed, TimeSpan predicted, long tokens);

    /// <summary>Learns from an attempt that failed although it had <paramref name="limit"/>.</summary>
    /// <param name="limit">Time the attempt had.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="others">True where another silo could take this one's calls while it is ejected.</param>
    void ObserveFailure(TimeSpan limit, long tokens, bool others);
}
