using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Evergrain;

/// <summary>
/// Sentiment of texts. The key is the model's name. A stateless worker: it always runs on the silo that the caller is
/// connected to, so a channel chooses the silo.
/// </summary>
[Alias("evergrain.IInferenceGrain")]
public interface IInferenceGrain : IGrainWithStringKey
{
    /// <summary>Answers every text of the request, or refuses the whole.</summary>
    /// <param name="request">Texts, time left, lane.</param>
    /// <param name="cancellationToken">The caller's; cancelled work is dropped from the queue.</param>
    /// <returns>One result per text in order, or a refusal. A text that fails alone is an error on its row.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled: thrown where it waits. The silo itself answers with a refusal, which nobody reads.</exception>
    [Alias("predict")]
    // How long a call may take is its own deadline's business, up to a minute and more on a slow model: the client ends it by cancelling it.
    [ResponseTimeout("1.00:00:00")]
    Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Load reports of the silo that the caller is connected to. The key is ignored; use 0.</summary>
[Alias("evergrain.ILoadReportGrain")]
public interface ILoadReportGrain : IGrainWithIntegerKey
{
    /// <summary>Starts or renews the push of reports to an observer; it ends 3 s after the last renewal.</summary>
    /// <returns>The load now, with the membership view.</returns>
    [Alias("subscribe")]
    Task<LoadReport> SubscribeAsync(ILoadReportObserver observer, CancellationToken cancellationToken = default);
}

/// <summary>Receives load reports.</summary>
[Alias("evergrain.ILoadReportObserver")]
public interface ILoadReportObserver : IGrainObserver
{
    /// <summary>A newer report. One way: the silo never waits for a channel.</summary>
    [OneWay, Alias("report")]
    Task ReportAsync(LoadReport report);
}

/// <summary>
/// Replays of texts that may have ended a process, on the silo that the caller is connected to. The key is ignored; use 0.
/// </summary>
[Alias("evergrain.IPoisonGrain")]
public interface IPoisonGrain : IGrainWithIntegerKey
{
    /// <summary>Waits for the silo's one place for suspects. Whoever holds it when the process ends held the text that ran.</summary>
    /// <param name="ticket">Names the holder; any new value.</param>
    /// <param name="timeLeft">How long to wait.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>True for the place, which ends with <see cref="LeaveAsync"/> or by itself after 3 s; false when the time was up or the caller cancelled.</returns>
    [Alias("enter")]
    Task<bool> EnterAsync(Guid ticket, TimeSpan timeLeft, CancellationToken cancellationToken = default);

    /// <summary>Gives the place back; nothing happens where it was lost already.</summary>
    [Alias("leave")]
    Task LeaveAsync(Guid ticket);

    /// <summary>Tells every client of this silo, through its load reports, what is refused from now on.</summary>
    [Alias("refuse")]
    Task RefuseAsync(ImmutableArray<PoisonMark> marks);
}

/// <summary>What an operator does to the silo that the caller is connected to. The key is ignored; use 0.</summary>
[Alias("evergrain.IOperationsGrain")]
public interface IOperationsGrain : IGrainWithIntegerKey
{
    /// <summary>Takes the silo out of service: it finishes what it has and takes nothing new. Its process stays. Does not wait for what is in flight.</summary>
    /// <param name="by">Who did it, for the silo's log: the name of a key.</param>
    /// <returns>Why that makes no sense now; null where it is done.</returns>
    [Alias("drain")]
    Task<string?> DrainAsync(string by);

    /// <summary>Puts a drained silo back in service.</summary>
    /// <param name="by">Who did it.</param>
    /// <returns>Why that makes no sense now; null where it is done.</returns>
    [Alias("undrain")]
    Task<string?> UndrainAsync(string by);
}
