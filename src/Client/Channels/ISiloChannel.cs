using Evergrain.Client.Dispatching;
using Evergrain.Client.Picking;

namespace Evergrain.Client.Channels;

/// <summary>What the dispatcher needs of a silo's channel; tests script it.</summary>
internal interface ISiloChannel
{
    /// <summary>The silo's name as in the YAML, or its endpoint while it has not reported.</summary>
    string Name { get; }

    /// <summary>The model that it last reported.</summary>
    ModelIdentity Model { get; }

    /// <summary>Connected, and has proved that it answers.</summary>
    bool Connected { get; }

    /// <summary>Cancelled when the silo is lost: connection closed, or suspect.</summary>
    CancellationToken Lost { get; }

    /// <summary>The channel as the pick policy sees it.</summary>
    /// <param name="now">Timestamp.</param>
    Candidate ToCandidate(long now);

    /// <summary>Takes a call into account until <see cref="Leave"/>.</summary>
    InFlightCall Enter(long tokens);

    /// <summary>Ends what <see cref="Enter"/> began; once.</summary>
    void Leave(InFlightCall call);

    /// <summary>Calls the inference grain on this silo.</summary>
    Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken);

    /// <summary>Learns from an answer, or from the time without one when another silo's came first.</summary>
    void Observe(TimeSpan took, in AttemptTimes times, long tokens, bool answered);

    /// <summary>Learns from an attempt that failed although it had <paramref name="limit"/>.</summary>
    /// <param name="limit">Time the attempt had.</param>
    /// <param name="tokens">Estimated tokens of the call.</param>
    /// <param name="others">True where another silo could take this one's calls while it is ejected.</param>
    void ObserveFailure(TimeSpan limit, long tokens, bool others);

    /// <summary>A call that was lost here has been sent elsewhere.</summary>
    void MovedAway();

    /// <summary>Waits for the silo's one place for suspects.</summary>
    Task<bool> EnterAloneAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken);

    /// <summary>Gives it back; does not wait.</summary>
    void LeaveAlone(Guid ticket);
}
