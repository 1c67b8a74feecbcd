using Evergrain.Client.Channels;

namespace Evergrain.Client.Dispatching;

/// <summary>One call on its way: what it asks, where it was, and what it was told there.</summary>
internal sealed class Call(PredictRequest request, long tokens, TimeProvider time)
{
    /// <summary>The end of a process is seen after 20 to 36 ms: processes whose ends are seen within this of each other had one cause, the
    /// power or an operator, and no text.</summary>
    public static readonly TimeSpan OneCause = TimeSpan.FromMilliseconds(50);

    private readonly long _started = time.GetTimestamp();
    private bool _lost;

    public PredictRequest Request => request;

    /// <summary>Hash of the model that is to answer; null for any.</summary>
    public string? Model { get; init; }

    /// <summary>Estimated tokens of all its texts.</summary>
    public long Tokens => tokens;

    /// <summary>Time that the caller still has.</summary>
    public TimeSpan Left => request.TimeLeft - time.GetElapsedTime(_started);

    // A field: the struct is changed in place.
    public TriedSilos Tried;

    public int Attempts { get; set; }

    public int Retries { get; set; }

    /// <summary>A process was lost with it, and another while its copy ran alone there.</summary>
    public bool TookTwo { get; private set; }

    /// <summary>It may ask again where it was late.</summary>
    public bool SecondRound { get; set; }

    /// <summary>The silo that it was just lost with, until it is sent elsewhere.</summary>
    public ISiloChannel? LastLost { get; set; }

    public Refusal? LastRefusal { get; set; }

    public AttemptOutcome? LastFailure { get; set; }

    /// <summary>A process or its device was lost while it may have been in the running batch.</summary>
    public void CountLoss()
    {
        TookTwo = _lost;
        _lost = true;
    }

    /// <summary>What to tell the caller when nobody is left to ask.</summary>
    public DispatchResult Verdict() => LastFailure is { } failure ? DispatchResult.Failed(failure, Attempts)
        : LastRefusal is { } refusal ? DispatchResult.Refused(refusal, Attempts)
        : DispatchResult.NoSilo(Attempts);
}
