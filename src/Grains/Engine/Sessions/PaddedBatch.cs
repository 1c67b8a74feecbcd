namespace Evergrain.Engine.Sessions;

/// <summary>The inputs of one run, int64 [rows, length] each, in buffers that are used again and again: they grow to the largest
/// batch ever seen and the garbage collector never hears of a batch.</summary>
internal sealed class PaddedBatch(int padId)
{
    private long[] _ids = [];
    private long[] _mask = [];
    private long[] _types = [];

    /// <summary>Number of texts.</summary>
    public int Rows { get; private set; }

    /// <summary>Ids in the longest text.</summary>
    public int Length { get; private set; }

    public Memory<long> InputIds => _ids.AsMemory(0, Rows * Length);

    public Memory<long> AttentionMask => _mask.AsMemory(0, Rows * Length);

    /// <summary>All zero: there is never a second sentence.</summary>
    public Memory<long> TokenTypeIds => _types.AsMemory(0, Rows * Length);

    public void Fill(ReadOnlySpan<int[]> texts)
    {
        Rows = texts.Length;
        Length = 0;
        foreach (var ids in texts) Length = Math.Max(Length, ids.Length);
        Grow(Rows * Length);
        InputIds.Span.Fill(padId);
        AttentionMask.Span.Clear();
        for (var row = 0; row < texts.Length; row++)
        {
            var ids = texts[row];
            for (var i = 0; i < ids.Length; i++) _ids[(row * Length) + i] = ids[i];
            _mask.AsSpan(row * Length, ids.Length).Fill(1);
        }
    }

    private void Grow(int size)
    {
        if (_ids.Length >= size) return;
        size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size);
        _ids = new long[size];
        _mask = new long[size];
        _types = new long[size];
    }
}
