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
    private readonly WordPieceTokenizer _wordPiece;
    private readonly bool _lowerCase;

    private BertTokenizer(WordPieceTokenizer wordPiece, bool lowerCase, int cls, int sep, int pad)
        => (_wordPiece, _lowerCase, ClsId, SepId, PadId) = (wordPiece, lowerCase, cls, sep, pad);

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

        var special = VocabularyFile.SpecialTokens(vocabPath);
        using var stream = File.OpenRead(vocabPath);
        var wordPiece = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            PreTokenizer = new BlankPreTokenizer(),
            UnknownToken = VocabularyFile.Unknown,
            // The library counts UTF-16 units. The limit in code points is kept by BertWords; this one must only be out of its way.
            MaxInputCharsPerWord = 2 * BertWords.LongestWord,
        });
        return new BertTokenizer(wordPiece, lowerCase, special.Cls, special.Sep, special.Pad);
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
        var ids = new List<int>(Math.Min(text.Length + 2, 512)) { ClsId };
        var words = new BertWords(text, _lowerCase);
        while (ids.Count - 1 <= room && words.Next() is { } some)
        {
            ids.AddRange(_wordPiece.EncodeToIds(some, considerNormalization: false));
        }

        truncated = ids.Count - 1 > room;
        if (truncated) ids.RemoveRange(1 + room, ids.Count - 1 - room);
        ids.Add(SepId);
        return [.. ids];
    }
}
