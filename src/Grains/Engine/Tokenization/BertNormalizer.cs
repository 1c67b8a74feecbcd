using System.Text;

namespace Evergrain.Engine.Tokenization;

/// <summary>
/// BERT's normalizer in pieces: cleans a text, sets ideographs apart with blanks and, for an uncased vocabulary, takes off
/// accents and lower-cases. In pieces, because a text of a megabyte costs no more than the part of it that the model will see.
/// </summary>
internal ref struct BertNormalizer(ReadOnlySpan<char> text, bool lowerCase)
{
    /// <summary>A piece ends at the next character that is no mark once it has this many UTF-16 units.</summary>
    private const int PieceLength = 512;

    /// <summary>
    /// A piece ends here at the latest. Sorting a run of combining marks costs the square of its length (half a million marks
    /// would take minutes), and only the order of marks more than a thousand apart in one run can differ from the reference.
    /// </summary>
    private const int LongestPiece = 2048;

    private readonly StringBuilder _piece = new(PieceLength + 64);
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The next piece, or null at the end. The pieces put together are the whole text normalized; a word may go on from
    /// one to the next.</summary>
    public string? Next()
    {
        _piece.Clear();
        while (!_rest.IsEmpty)
        {
            Rune.DecodeFromUtf16(_rest, out var rune, out var length); // a lone surrogate is decoded as U+FFFD and removed
            if (_piece.Length >= LongestPiece || (_piece.Length >= PieceLength && !BertCharacters.IsMark(rune))) break;
            _rest = _rest[length..];
            Append(rune);
        }

        if (_piece.Length == 0) return null;
        var cleaned = _piece.ToString();
        return lowerCase ? LowerWithoutAccents(cleaned) : cleaned;
    }

    private readonly void Append(Rune rune)
    {
        if (BertCharacters.IsWhite(rune))
        {
            _piece.Append(' ');
        }
        else if (BertCharacters.IsIdeograph(rune))
        {
            _piece.Append(' ').Append(rune).Append(' ');
        }
        else if (!BertCharacters.IsRemoved(rune))
        {
            // string.Normalize throws at U+FFFE. Its neighbour is a non-character just like it, and in no vocabulary either.
            _piece.Append(rune.Value == 0xFFFE ? new Rune(0xFFFF) : rune);
        }
    }

    private readonly string LowerWithoutAccents(string cleaned)
    {
        _piece.Clear();
        foreach (var rune in cleaned.Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            // One code point at a time, so that no rule looks at the neighbours: a sigma at the end of a word stays a plain one.
            if (!BertCharacters.IsAccent(rune)) _piece.Append(Rune.ToLowerInvariant(rune));
        }

        return _piece.ToString();
    }
}
