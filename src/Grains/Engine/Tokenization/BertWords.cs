using System.Text;

namespace Evergrain.Engine.Tokenization;

/// <summary>
/// BERT's pre-tokenizer: cuts a normalized text into words at blanks and around punctuation. Gives them in pieces of a few
/// hundred words with one blank after each, which is what <see cref="BlankPreTokenizer"/> takes apart again.
/// </summary>
internal ref struct BertWords(ReadOnlySpan<char> text, bool lowerCase)
{
    /// <summary>A longer word is unknown, whatever it is made of. In code points, as in the reference.</summary>
    public const int LongestWord = 100;

    /// <summary>Stands for a word that is too long. A lone surrogate cannot be in a vocabulary, which is a file in UTF-8, nor in
    /// a text, where the normalizer removes it.</summary>
    private const char TooLong = '\uD800';

    private readonly StringBuilder _words = new(1024);
    private readonly StringBuilder _word = new(64);
    private BertNormalizer _normalizer = new(text, lowerCase);
    private int _wordLength;
    private bool _ended;

    /// <summary>The next words with a blank after each, or null at the end.</summary>
    public string? Next()
    {
        _words.Clear();
        while (_words.Length == 0 && !_ended)
        {
            if (_normalizer.Next() is { } piece)
            {
                Split(piece);
            }
            else
            {
                _ended = true;
                EndWord();
            }
        }

        return _words.Length == 0 ? null : _words.ToString();
    }

    private void Split(string piece)
    {
        foreach (var rune in piece.EnumerateRunes())
        {
            if (BertCharacters.IsWhite(rune))
            {
                EndWord();
            }
            else if (BertCharacters.IsPunctuation(rune))
            {
                EndWord();
                _words.Append(rune).Append(' ');
            }
            else if (++_wordLength <= LongestWord)
            {
                _word.Append(rune);
            }
        }
    }

    private void EndWord()
    {
        if (_wordLength == 0) return;
        if (_wordLength <= LongestWord)
        {
            _words.Append(_word);
        }
        else
        {
            _words.Append(TooLong);
        }

        _words.Append(' ');
        _word.Clear();
        _wordLength = 0;
    }
}
