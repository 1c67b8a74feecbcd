using System.Text;

namespace Evergrain.Engine.Tokenization;

/// <summary>
/// The characters that are a word by themselves wherever they stand, with their ids: ideographs and punctuation that no normalization changes, and
/// blanks, which have none. Nine of ten characters of a Chinese text are of this kind, and need neither normalizer nor WordPiece. No word reaches
/// across one, so what lies between two of them can be tokenized by itself.
/// </summary>
internal sealed class LoneCharacters
{
    /// <summary>In place of an id: ends a word and leaves nothing.</summary>
    public const int Blank = -1;

    /// <summary>In place of an id: a part of a word.</summary>
    public const int None = -2;

    private readonly int[] _ids = new int[char.MaxValue + 1];

    /// <param name="vocabulary">Ids of the tokens.</param>
    /// <param name="unknown">Id of a character that is not among them.</param>
    /// <param name="lowerCase">Whether the normalizer takes off accents and lower-cases.</param>
    public LoneCharacters(IReadOnlyDictionary<string, int> vocabulary, int unknown, bool lowerCase)
    {
        for (var unit = 0; unit < _ids.Length; unit++) _ids[unit] = Look((char)unit, vocabulary, unknown, lowerCase);
    }

    /// <summary>Its id, <see cref="Blank"/> or <see cref="None"/>.</summary>
    public int this[char character] => _ids[character];

    private static int Look(char character, IReadOnlyDictionary<string, int> vocabulary, int unknown, bool lowerCase)
    {
        if (!Rune.TryCreate(character, out var rune)) return None; // half of a pair
        if (BertCharacters.IsWhite(rune)) return Blank;
        if (BertCharacters.IsRemoved(rune) || !(BertCharacters.IsIdeograph(rune) || BertCharacters.IsPunctuation(rune))) return None;
        var text = rune.ToString();
        if (lowerCase && (text.Normalize(NormalizationForm.FormD) != text || Rune.ToLowerInvariant(rune) != rune || BertCharacters.IsAccent(rune))) return None;
        return vocabulary.GetValueOrDefault(text, unknown);
    }
}
