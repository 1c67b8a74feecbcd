using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Evergrain.Engine.Tokenization;

/// <summary>
/// Text to ids as Hugging Face's BertNormalizer, BertPreTokenizer and WordPiece do it. The library's own BertTokenizer drops
/// symbols, emoji and line breaks, so only its WordPiece is used here. Special tokens that occur in a text are plain text: a
/// caller must not be able to inject a [SEP]. Thread safe.
/// </summary>
public sealed class BertTokenizer
{
    /// <summary>Characters of the words that are looked up as they stand: numbers, units, names.</summary>
    private static readonly SearchValues<char> AsciiWord = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private const int LargestBuffer = 4096;

    [ThreadStatic]
    private static List<int>? _buffer;

    private readonly WordPieceTokenizer _wordPiece;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly LoneCharacters _lone;
    private readonly bool _lowerCase;

    private BertTokenizer(WordPieceTokenizer wordPiece, Dictionary<string, int> vocabulary, bool lowerCase)
    {
        _wordPiece = wordPiece;
        _words = vocabulary.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _lone = new LoneCharacters(vocabulary, vocabulary[VocabularyFile.Unknown], lowerCase);
        _lowerCase = lowerCase;
        (ClsId, SepId, PadId) = (vocabulary[VocabularyFile.Cls], vocabulary[VocabularyFile.Sep], vocabulary[VocabularyFile.Pad]);
    }

    /// <summary>Id of [CLS], the first of every text.</summary>
    public int ClsId { get; }

    /// <summary>Id of [SEP], the last of every text.</summary>
    public int SepId { get; }

    /// <summary>Id of [PAD], which fills the shorter texts of a batch.</summary>
    public int PadId { get; }

    /// <summary>Reads a vocabulary: one token a line, the line number (from 0) is the id.</summary>
    /// <param name="vocabPath">The file, in UTF-8.</param>
    /// <param name="lowerCase">True for an uncased model: lower-cases and strips accents.</param>
    /// <exception cref="ModelRefusedException">The file is missing, names a token twice or lacks a special token; or accents cannot
    /// be stripped in this process.</exception>
    public static BertTokenizer Load(string vocabPath, bool lowerCase)
    {
        // Without ICU, Normalize returns its input: accents would stay, and answers would differ from silo to silo.
        if (lowerCase && "\u00e9".Normalize(NormalizationForm.FormD).Length != 2)
        {
            throw new ModelRefusedException(
                "Accents cannot be stripped: this process runs in globalization-invariant mode. Install ICU (libicu) and unset "
                + "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }

        var vocabulary = VocabularyFile.Load(vocabPath);
        using var stream = File.OpenRead(vocabPath);
        var wordPiece = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            PreTokenizer = new BlankPreTokenizer(),
            UnknownToken = VocabularyFile.Unknown,
            // The library counts UTF-16 units. The limit in code points is kept by BertWords; this one must only be out of its way.
            MaxInputCharsPerWord = 2 * BertWords.LongestWord,
        });
        return new BertTokenizer(wordPiece, vocabulary, lowerCase);
    }

    /// <summary>Ids of a text, [CLS] and [SEP] included.</summary>
    /// <param name="text">Any string; lone surrogates are removed.</param>
    /// <param name="maxLength">Most ids to return, at least 2; what is over is cut off at the end, also within a word. The rest of a
    /// long text is not looked at.</param>
    /// <param name="truncated">True where something was cut off.</param>
    public int[] Encode(string text, int maxLength, out bool truncated)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 2);
        var room = maxLength - 2;
        var ids = Buffer();
        ids.Add(ClsId);
        for (var at = 0; at < text.Length && ids.Count - 1 <= room;)
        {
            var id = _lone[text[at]];
            if (id == LoneCharacters.None)
            {
                var start = at;
                do at++;
                while (at < text.Length && _lone[text[at]] == LoneCharacters.None);
                EncodeWords(text, start, at - start, ids, room);
                continue;
            }

            if (id >= 0) ids.Add(id);
            at++;
        }

        truncated = ids.Count - 1 > room;
        if (truncated) ids.RemoveRange(1 + room, ids.Count - 1 - room);
        ids.Add(SepId);
        return [.. ids];
    }

    /// <summary>This thread's buffer, empty: what a text costs the garbage collector is its ids alone.</summary>
    private static List<int> Buffer()
    {
        if (_buffer is not { Capacity: <= LargestBuffer } buffer) return _buffer = new List<int>(512);
        buffer.Clear();
        return buffer;
    }

    /// <summary>Adds the ids of a part of a text that begins and ends where words do.</summary>
    private void EncodeWords(string text, int start, int length, List<int> ids, int room)
    {
        var part = text.AsSpan(start, length);
        if (length <= BertWords.LongestWord && !part.ContainsAnyExcept(AsciiWord))
        {
            Span<char> word = stackalloc char[length];
            if (_lowerCase) part.ToLowerInvariant(word);
            else part.CopyTo(word);
            if (_words.TryGetValue(word, out var id))
            {
                ids.Add(id);
                return;
            }
        }

        var words = new BertWords(part, _lowerCase);
        while (ids.Count - 1 <= room && words.Next() is { } some)
        {
            ids.AddRange(_wordPiece.EncodeToIds(some, considerNormalization: false));
        }
    }
}
