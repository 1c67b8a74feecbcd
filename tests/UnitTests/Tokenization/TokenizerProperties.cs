using System.Text;
using CsCheck;
using Evergrain.Engine.Tokenization;
using WordPieceOptions = Microsoft.ML.Tokenizers.WordPieceOptions;
using WordPieceTokenizer = Microsoft.ML.Tokenizers.WordPieceTokenizer;

namespace Evergrain.UnitTests.Tokenization;

/// <summary>Most characters take a short way through the tokenizer: it must lead where the long one does.</summary>
public sealed class TokenizerProperties : IDisposable
{
    private const string Vocabulary = "好 不 的 , . ! - \uff0c \u3002 \uff01 a b ab abc ##a ##b ##c ##bc 1 12 ##1 ##2 e 123 ? + \u00b7 \ud83d\ude00 \u304b ##\u304b \u2260 = \u1112";

    /// <summary>Ideographs (also ones that decompose, and beyond the BMP), punctuation (ASCII, full-width, one that decomposes), letters with and
    /// without accents, loose accents, kana, hangul, blanks, what is removed, halves of pairs, emoji.</summary>
    private static readonly string[] Pieces =
    [
        "好", "不", "的", "棒", "\uf900", "\ufa0e", "\ud840\udc00", ",", ".", "!", "-", "?", "+", "=", "\uff0c", "\u3002", "\uff01", "\u037e", "\u00b7", "\u2014", "a", "b", "c", "A", "B",
        "abc", "\u00e9", "\u00c9", "\u0301", "\u0338", "\u0327", "\u3099", "\u304b", "\u304c", "\ud55c", "1", "2", "12", "\uff11", "\u00bd", " ", "\n", "\t", "\u3000", "\u00a0", "\0", "\u200d", "\u00ad",
        "\ufffd", "\ue000", "\ud83d", "\ude00", "\ud83d\ude00", "\u0130", "\u03a3", "\ufffe", "\u20ac",
    ];

    private static readonly Gen<string> AnyText = Gen.Int[0, Pieces.Length - 1].Array[0, 40].Select(picks => string.Concat(picks.Select(i => Pieces[i])));

    private readonly string _path = Path.GetTempFileName();

    public TokenizerProperties() => File.WriteAllLines(_path, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", .. Vocabulary.Split(' ')]);

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_AnyText_AsWithoutTheShortWay(bool lowerCase)
    {
        var tokenizer = BertTokenizer.Load(_path, lowerCase);
        using var stream = File.OpenRead(_path);
        var wordPiece = WordPieceTokenizer.Create(
            stream, new WordPieceOptions { PreTokenizer = new BlankPreTokenizer(), UnknownToken = "[UNK]", MaxInputCharsPerWord = 2 * BertWords.LongestWord });
        AnyText.Sample(
            text =>
            {
                var expected = TheLongWay(text);
                Assert.Equal(expected, tokenizer.Encode(text, int.MaxValue, out var truncated));
                Assert.False(truncated);
                if (expected.Count <= 5) return;
                int[] cut = [.. expected.Take(4), expected[^1]];
                Assert.Equal(cut, tokenizer.Encode(text, 5, out truncated));
                Assert.True(truncated);
            },
            iter: 20_000);

        List<int> TheLongWay(string text)
        {
            var ids = new List<int> { tokenizer.ClsId };
            var words = new BertWords(text, lowerCase);
            while (words.Next() is { } some) ids.AddRange(wordPiece.EncodeToIds(some, considerNormalization: false));
            return [.. ids, tokenizer.SepId];
        }
    }

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    public void Encode_WordsAboutTheLimit_AsWithoutTheShortWay(int length)
    {
        var tokenizer = BertTokenizer.Load(_path, true);
        var ids = tokenizer.Encode(new StringBuilder("好").Append('a', length).Append('不').ToString(), int.MaxValue, out _);
        Assert.Equal(length <= 100 ? length + 4 : 5, ids.Length);
    }
}
