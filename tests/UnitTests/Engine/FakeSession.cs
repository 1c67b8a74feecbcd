using Evergrain.Engine.Sessions;

namespace Evergrain.UnitTests.Engine;

/// <summary>A session whose batches a test can hold up, look at and spoil. A text's first letter decides its fate.</summary>
internal sealed class FakeSession(FakeVocabulary vocabulary) : IModelSession
{
    private readonly SemaphoreSlim _go = new(0);
    private readonly List<string> _batches = [];
    private volatile bool _held;

    /// <summary>Released as each run begins.</summary>
    public SemaphoreSlim Started { get; } = new(0);

    public bool Disposed { get; private set; }

    /// <summary>Called within each run.</summary>
    public Action<PaddedBatch>? OnRun { get; set; }

    /// <summary>Every run: the first letters of its texts, such as "abc".</summary>
    public IReadOnlyList<string> Batches
    {
        get
        {
            lock (_batches) return [.. _batches];
        }
    }

    /// <summary>Runs wait from now on.</summary>
    public void Hold() => _held = true;

    /// <summary>Lets one waiting run go on.</summary>
    public void LetOneGo() => _go.Release();

    /// <summary>Nothing waits any more.</summary>
    public void LetGo()
    {
        _held = false;
        _go.Release(1000);
    }

    public ReadOnlySpan<float> Run(PaddedBatch batch)
    {
        var ids = batch.InputIds;
        var letters = string.Concat(Enumerable.Range(0, batch.Rows).Select(row => vocabulary.Letter(ids.Span[(row * batch.Length) + 1])));
        lock (_batches) _batches.Add(letters);
        Started.Release();
        if (_held) _go.Wait();
        OnRun?.Invoke(batch);
        if (letters.Contains(FakeVocabulary.Poison)) throw new InvalidOperationException("poisoned");
        var logits = new float[batch.Rows * 2];
        for (var row = 0; row < batch.Rows; row++) logits[(row * 2) + 1] = letters[row] == FakeVocabulary.NotANumber ? float.NaN : 1;
        return logits;
    }

    public IModelSession Share() => this;

    public void Dispose() => Disposed = true;
}

/// <summary>The letters of the tiny model's vocabulary.</summary>
internal sealed class FakeVocabulary
{
    /// <summary>A batch with a text that begins so throws.</summary>
    public const char Poison = 'x';

    /// <summary>A text that begins so is answered with NaN.</summary>
    public const char NotANumber = 'n';

    private readonly string[] _tokens = File.ReadAllLines(TestData.Path("tiny-model/vocab.txt"));

    public char Letter(long id) => _tokens[id][0];
}
