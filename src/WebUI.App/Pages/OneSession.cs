using System.Collections.Immutable;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Sentiment;

namespace Evergrain.WebUI.App.Pages;

/// <summary>A text that was asked in this visit.</summary>
internal sealed record Asked(string Text, Mood Mood);

/// <summary>What one call said of a text and of its clauses.</summary>
internal sealed record OneResult
{
    public required string Text { get; init; }

    public required Mood Mood { get; init; }

    public required ImmutableArray<(string Text, Mood? Mood)> Clauses { get; init; }

    public required bool Truncated { get; init; }

    public required string ServedBy { get; init; }

    public required string Version { get; init; }

    public required int Attempts { get; init; }

    public required TimeSpan Took { get; init; }
}

/// <summary>The page for one text, kept while the person looks at the others.</summary>
internal sealed class OneSession(IPredictor predictor, TimeProvider time) : IDisposable
{
    private const int KeptTexts = 50;

    /// <summary>A gateway that needs longer is left for the next.</summary>
    private static readonly CallLimits Limits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private CancellationTokenSource _current = new();

    public string Text { get; private set; } = "";

    public OneResult? Result { get; private set; }

    public CallException? Problem { get; private set; }

    public bool Busy { get; private set; }

    /// <summary>Newest first.</summary>
    public ImmutableList<Asked> History { get; private set; } = [];

    public void ClearHistory() => History = [];

    /// <summary>Asks for a text in the place of the one before; where nothing answers, again until something does.</summary>
    /// <param name="text">Blank: no question.</param>
    /// <param name="changed">Something to show has changed.</param>
    public async Task AskAsync(string text, Action changed)
    {
        await _current.CancelAsync();
        _current.Dispose();
        _current = new CancellationTokenSource();
        var stop = _current.Token;
        (Text, Problem) = (text, null);
        Busy = !string.IsNullOrWhiteSpace(text);
        if (!Busy) Result = null;
        changed();
        while (Busy && !stop.IsCancellationRequested)
        {
            try
            {
                Result = await ResultAsync(text, stop);
                (Problem, Busy) = (null, false);
                History = [new Asked(text, Result.Mood), .. History.Where(a => a.Text != text).Take(KeptTexts - 1)];
            }
            catch (CallException e)
            {
                (Problem, Result, Busy) = (e, null, e.IsPassing);
                changed();
                await Task.Delay(e.RetryAfter ?? Retry, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
            catch (OperationCanceledException)
            {
                return; // Another text took its place.
            }
        }

        if (!stop.IsCancellationRequested) changed();
    }

    public void Dispose() => _current.Dispose();

    private async Task<OneResult> ResultAsync(string text, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var clauses = Clauses.Of(text);
        if (clauses.Length < 2) clauses = [];
        var answer = await predictor.PredictAsync([text, .. clauses], Limits, stop);
        var row = answer.Results[0];
        var mood = Mood.From(row) ?? throw new CallException(row.Error?.Code ?? "internal", row.Error?.Detail ?? "");
        return new OneResult
        {
            Text = text,
            Mood = mood,
            Clauses = [.. clauses.Select((clause, i) => (clause, Mood.From(answer.Results[i + 1])))],
            Truncated = row.Truncated == true,
            ServedBy = row.ServedBy ?? "",
            Version = row.Version ?? "",
            Attempts = answer.Attempts,
            Took = time.GetElapsedTime(began),
        };
    }
}
