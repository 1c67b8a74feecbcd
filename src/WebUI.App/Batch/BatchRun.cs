using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Sentiment;

namespace Evergrain.WebUI.App.Batch;

/// <summary>
/// Asks the sentiment of many rows, several calls at a time, each at whichever gateway answers. What fails in passing is asked again until it is answered: a row is
/// never lost and never out of its place. For the browser's one thread; not thread safe.
/// </summary>
internal sealed class BatchRun
{
    /// <summary>Of one text: the model reads some hundred characters at most.</summary>
    private const int LongestText = 100_000;

    /// <summary>For what may be the row's own fault.</summary>
    private const int MostTries = 3;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<string> _texts;
    private readonly IPredictor _predictor;
    private readonly TimeProvider _time;
    private readonly int _parallel;

    private readonly RowState[] _states;
    private readonly float[] _positive;
    private readonly byte[] _tries;
    private readonly Dictionary<int, RowProblem> _problems = [];
    private readonly Dictionary<string, int> _servedBy = [];
    private readonly PriorityQueue<int, int> _again = new(); // all before _next
    private readonly List<int> _answered = [];
    private readonly ChunkSize _size = new();
    private readonly RateMeter _rate;

    private int _next; // never asked yet, from here on
    private int _inFlight;
    private int _failures;
    private bool _paused;
    private long _retryAt;

    /// <param name="texts">One for each row; a blank one is not asked.</param>
    /// <param name="predictor">The gateways.</param>
    /// <param name="time">The clock.</param>
    /// <param name="parallel">Calls at the same time.</param>
    public BatchRun(IReadOnlyList<string> texts, IPredictor predictor, TimeProvider time, int parallel = 4)
    {
        (_texts, _predictor, _time, _parallel) = (texts, predictor, time, parallel);
        _states = new RowState[texts.Count];
        _positive = new float[texts.Count];
        _tries = new byte[texts.Count];
        _rate = new RateMeter(time);
        for (var i = 0; i < texts.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(texts[i])) continue;
            _states[i] = RowState.Empty;
            Empty++;
        }
    }

    public int Count => _texts.Count;

    public int Done => _answered.Count;

    /// <summary>Rows with an answer, in the order of the answers; only grows.</summary>
    public IReadOnlyList<int> Answered => _answered;

    public int Failed { get; private set; }

    public int Empty { get; }

    /// <summary>Answers that said that the end of the text was cut off.</summary>
    public int Truncated { get; private set; }

    /// <summary>Rows that were asked more than once.</summary>
    public int AskedAgain { get; private set; }

    /// <summary>Rows still to be answered.</summary>
    public int Left => Count - Empty - Done - Failed;

    public double RowsPerSecond => _rate.PerSecond;

    /// <summary>Null while nobody can tell.</summary>
    public TimeSpan? TimeLeft => Left == 0 ? TimeSpan.Zero : RowsPerSecond is > 0 and var rate ? TimeSpan.FromSeconds(Left / rate) : null;

    /// <summary>Texts that each silo has answered.</summary>
    public IReadOnlyDictionary<string, int> ServedBy => _servedBy;

    /// <summary>Versions of the models that answered.</summary>
    public HashSet<string> Versions { get; } = [];

    /// <summary>Why nothing is answered at the moment: a code of the API, or <see cref="CallException.Unreachable"/>; null while answers come.</summary>
    public string? Trouble { get; private set; }

    public bool Running { get; private set; }

    public bool Cancelled { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public bool Paused
    {
        get => _paused;
        set
        {
            _paused = value;
            _rate.Restart();
        }
    }

    public RowState StateOf(int row) => _states[row];

    /// <summary>Null where the row has no answer.</summary>
    public Mood? MoodOf(int row) => _states[row] == RowState.Done ? new Mood(_positive[row]) : null;

    /// <summary>Why the row has no answer; null where it has one or waits.</summary>
    public RowProblem? ProblemOf(int row) => _problems.GetValueOrDefault(row);

    /// <summary>Returns when every row has an answer or a reason why not, or when it is cancelled; rows without one then wait for the next run.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        (Running, Cancelled, StartedAt) = (true, false, _time.GetUtcNow());
        _rate.Restart();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, _parallel).Select(_ => WorkAsync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Cancelled = true;
        }
        finally
        {
            Running = false;
        }
    }

    /// <summary>Makes the failed rows wait again, for another run.</summary>
    public void ResetFailed()
    {
        foreach (var row in _problems.Keys)
        {
            (_states[row], _tries[row]) = (RowState.Waiting, 0);
            _again.Enqueue(row, row);
        }

        _problems.Clear();
        Failed = 0;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var waiting = Peek() is not null;
            if (!waiting && _inFlight == 0) return;
            // One call at a time while nothing is answered: the others would only fail as well.
            if (Paused || !waiting || (Trouble is not null && (_inFlight > 0 || _time.GetTimestamp() < _retryAt)))
            {
                await Task.Delay(Look, _time, cancellationToken);
                continue;
            }

            await AskAsync(Take(), cancellationToken);
        }
    }

    private List<int> Take()
    {
        var rows = new List<int>();
        var characters = 0;
        while (rows.Count < _size.Texts && Peek() is { } row)
        {
            characters += Math.Min(_texts[row].Length, LongestText);
            if (rows.Count > 0 && characters > ChunkSize.MostCharacters) break;
            rows.Add(row);
            if (row == _next) _next++;
            else _again.Dequeue();
        }

        return rows;
    }

    /// <summary>The first row that waits; null where none does.</summary>
    private int? Peek()
    {
        if (_again.TryPeek(out var row, out _)) return row;
        while (_next < Count && _states[_next] == RowState.Empty) _next++;
        return _next < Count ? _next : null;
    }

    private async Task AskAsync(List<int> rows, CancellationToken cancellationToken)
    {
        _inFlight++;
        var began = _time.GetTimestamp();
        var limit = _size.LimitOf(rows.Count);
        try
        {
            var answer = await _predictor.PredictAsync([.. rows.Select(r => Shorten(_texts[r]))], new CallLimits(limit, 2 * limit, Spread: true), cancellationToken);
            _size.Answered(rows.Count, _time.GetElapsedTime(began));
            for (var i = 0; i < rows.Count; i++) Accept(rows[i], answer.Results[i]);
        }
        catch (CallException e) when (e.IsPassing)
        {
            if (e.Code is CallException.Unreachable or "deadline_exceeded") _size.Failed();
            AskAgain(rows);
            Wait(e.Code, e.RetryAfter);
        }
        catch (CallException) when (rows.Count > 1)
        {
            // Something in it is refused: smaller calls find out what.
            var half = rows.Count / 2;
            await AskAsync(rows[..half], cancellationToken);
            await AskAsync(rows[half..], cancellationToken);
        }
        catch (CallException e)
        {
            Fail(rows[0], new RowProblem(e.Code, e.Message));
        }
        catch (Exception)
        {
            // Cancelled, or a fault of the page's own: the rows wait for the next run all the same.
            foreach (var row in rows.Where(r => _states[r] == RowState.Waiting)) _again.Enqueue(row, row);
            throw;
        }
        finally
        {
            _inFlight--;
        }
    }

    private void Accept(int row, PredictRow answer)
    {
        if (Mood.From(answer) is { } mood)
        {
            (_states[row], _positive[row]) = (RowState.Done, mood.Positive);
            _answered.Add(row);
            _rate.Add(1);
            if (answer.Truncated == true) Truncated++;
            if (answer.Version is { } version) Versions.Add(version);
            if (answer.ServedBy is { } silo) _servedBy[silo] = _servedBy.GetValueOrDefault(silo) + 1;
            (Trouble, _failures) = (null, 0);
            return;
        }

        var problem = answer.Error ?? new RowProblem("internal", "the model has other labels than negative and positive");
        var mayBeItsOwn = problem.Code is "internal" or "inference_failed";
        if (!CallException.IsPassingCode(problem.Code) || (mayBeItsOwn && ++_tries[row] >= MostTries)) Fail(row, problem);
        else
        {
            AskAgain([row]);
            if (!mayBeItsOwn) Wait(problem.Code, null);
        }
    }

    private void Fail(int row, RowProblem problem)
    {
        _states[row] = RowState.Failed;
        _problems[row] = problem;
        Failed++;
    }

    private void AskAgain(List<int> rows)
    {
        foreach (var row in rows) _again.Enqueue(row, row);
        AskedAgain += rows.Count;
    }

    private void Wait(string code, TimeSpan? retryAfter)
    {
        Trouble = code;
        var wait = retryAfter ?? ShortestWait * Math.Pow(2, Math.Min(_failures++, 10));
        if (wait > LongestWait) wait = LongestWait;
        _retryAt = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
    }

    private static string Shorten(string text)
        => text.Length <= LongestText ? text : text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];
}
