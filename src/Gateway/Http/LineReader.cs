using System.Buffers;
using System.IO.Pipelines;

namespace Evergrain.Gateway.Http;

/// <summary>Cuts a body of newline-delimited JSON into items, whatever the pieces in which it comes. Holds no more than what has come.</summary>
/// <param name="body">Where from.</param>
/// <param name="longest">Most bytes of one line; a longer one is an item with an error, and the next line is read again.</param>
internal sealed class LineReader(PipeReader body, int longest)
{
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r"u8);

    private readonly List<BatchItem> _items = [];
    private bool _skipping;
    private bool _atStart = true;

    /// <summary>The items of the lines that have come since the last call; waits for one. Empty at the end. Blank lines are left out.</summary>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    /// <exception cref="BadHttpRequestException">The body ended early.</exception>
    public async ValueTask<IReadOnlyList<BatchItem>> ReadAsync(CancellationToken cancellationToken)
    {
        _items.Clear();
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                AddLine(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (rest.Length > longest)
            {
                if (!_skipping) _items.Add(TooLong);
                _skipping = true;
                rest = rest.Slice(rest.End);
            }

            if (read.IsCompleted && !rest.IsEmpty)
            {
                AddLine(rest);
                rest = rest.Slice(rest.End);
            }

            body.AdvanceTo(rest.Start, rest.End);
            if (_items.Count > 0 || read.IsCompleted) return _items;
        }
    }

    private BatchItem TooLong => new(null, $"the line is over {longest} bytes (limits.bodyBytes).");

    private void AddLine(ReadOnlySequence<byte> line)
    {
        if (_skipping)
        {
            _skipping = false; // the end of a line whose item is there already
            return;
        }

        if (line.Length > longest)
        {
            _items.Add(TooLong);
            return;
        }

        ReadOnlyMemory<byte> bytes = line.IsSingleSegment ? line.First : line.ToArray();
        if (_atStart && bytes.Span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        _atStart = false;
        if (bytes.Span.ContainsAnyExcept(Blanks)) _items.Add(BodyReader.ReadLine(bytes));
    }
}
