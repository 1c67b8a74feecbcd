using Evergrain.WebUI.App.Batch;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Sentiment;
using Evergrain.WebUI.App.Tables;

namespace Evergrain.WebUI.App.Pages;

/// <summary>The page for many texts, kept, and going on, while the person looks at the others.</summary>
internal sealed class ManySession(IPredictor predictor, GatewayBook book, TimeProvider time) : IDisposable
{
    private CancellationTokenSource _cancel = new();

    /// <summary>A run is over.</summary>
    public event Action? Ended;

    /// <summary>What was given; null before.</summary>
    public Table? Table { get; private set; }

    public int TextColumn { get; set; }

    /// <summary>Null before the start.</summary>
    public BatchRun? Run { get; private set; }

    /// <summary>What a person says against the model, by row.</summary>
    public Dictionary<int, Verdict> Corrected { get; } = [];

    public bool Reading { get; private set; }

    public TableProblem? Problem { get; private set; }

    /// <summary>Results that nobody has saved would be lost with the tab.</summary>
    public bool Unsaved { get; private set; }

    /// <summary>When the run was over; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <param name="name">Of the file.</param>
    /// <param name="read">Its bytes.</param>
    public async Task ReadAsync(string name, Func<Task<byte[]>> read)
    {
        (Reading, Problem, Table) = (true, null, null);
        try
        {
            Use(await TableFile.ReadAsync(name, await read(), new Slices(time)));
        }
        catch (TableException e)
        {
            Problem = e.Problem;
        }
        catch (IOException)
        {
            Problem = TableProblem.TooLarge;
        }
        finally
        {
            Reading = false;
        }
    }

    public void Use(Table table)
    {
        Table = table;
        TextColumn = ColumnGuess.TextColumn(table);
    }

    public void UseLines(string text)
    {
        Problem = null;
        var table = TableFile.Lines(text);
        if (table.Rows.Count == 0) Problem = TableProblem.Empty;
        else Use(table);
    }

    /// <summary>Begins. Returns when it is over.</summary>
    public Task StartAsync()
    {
        Corrected.Clear();
        Run = new BatchRun(Table!.Column(TextColumn), predictor, time, Math.Clamp(2 * book.States.Length, 2, 4));
        return GoOnAsync();
    }

    public Task RetryFailedAsync()
    {
        Run!.ResetFailed();
        return GoOnAsync();
    }

    /// <summary>Asks for the rows that still wait, after a cancel.</summary>
    public async Task GoOnAsync()
    {
        _cancel.Dispose();
        _cancel = new CancellationTokenSource();
        (Unsaved, EndedAt) = (true, null);
        await Run!.RunAsync(_cancel.Token);
        EndedAt = time.GetUtcNow();
        Ended?.Invoke();
    }

    public void Cancel()
    {
        Run!.Paused = false;
        _cancel.Cancel();
    }

    public void Saved() => Unsaved = false;

    /// <summary>Back to the beginning.</summary>
    public void Reset()
    {
        if (Run?.Running == true) Cancel();
        Corrected.Clear();
        (Table, Run, Problem, Unsaved, EndedAt) = (null, null, null, false, null);
    }

    public void Dispose() => _cancel.Dispose();
}
