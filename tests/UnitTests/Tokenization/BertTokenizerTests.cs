using System.Diagnostics;
using Evergrain.Engine;
using Evergrain.Engine.Tokenization;

namespace Evergrain.UnitTests.Tokenization;

/// <summary>Small cases that the public implementations of BERT's tokenizer are tested with, and the limits that are ours.</summary>
public sealed class BertTokenizerTests
{
    [Theory]
    [InlineData("ah博推zz", "ah 博 推 zz", "ah 博 推 zz")]
    [InlineData("叟驷 叢驸!", "叟 驷 叢 驸 !", "叟 驷 叢 驸 !")]
    [InlineData("野口里佳 Noguchi Rika", "野 口 里 佳 noguchi rika", "野 口 里 佳 noguchi rika")]
    [InlineData("a\n'll !!to?'d of, can't.", "a ' ll ! to ? d of , can t .", "a ' ll ! ! to ? ' d of , can ' t .")]
    [InlineData(" \tHeLLo!how  \n Are yoU?  ", "hello ! how are you ?", "hello ! how are you ?")]
    [InlineData("H\u00E9llo", "hello", "hello")]
    [InlineData("unwanted running", "un ##want ##ed runn ##ing", "un ##want ##ed runn ##ing")]
    [InlineData("unwantedX running", "un ##want ##ed runn ##ing", "[UNK] runn ##ing")]
    public void Encode_ReferenceCase_SameTokens(string text, string vocabulary, string expected)
    {
        using var words = new TestVocabulary(vocabulary);
        Assert.Equal(expected, words.Tokens(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u00ad")]
    [InlineData("\ud800")]
    [InlineData("\udc00\ud800\ufffd\0\ue000")]
    public void Encode_NothingToSee_OnlyClsAndSep(string text)
    {
        using var words = new TestVocabulary("a");
        Assert.Equal([2, 3], words.Tokenizer.Encode(text, 16, out var truncated));
        Assert.False(truncated);
    }

    [Fact]
    public void Encode_SpecialTokensInText_PlainText()
    {
        using var words = new TestVocabulary("[ ] sep cls unk 好");
        Assert.Equal("[ sep ] 好 [ cls ] [ unk ]", words.Tokens("[SEP]好[CLS] [UNK]"));
    }

    [Fact]
    public void Encode_LineBreakBetweenWords_TwoWords()
    {
        using var words = new TestVocabulary("one line");
        Assert.Equal("one line", words.Tokens("one\nline"));
    }

    [Fact]
    public void Encode_LoneSurrogateInWord_Removed()
    {
        using var words = new TestVocabulary("ab");
        Assert.Equal("ab", words.Tokens("a\ud83db"));
    }

    [Fact]
    public void Encode_NonCharacter_DoesNotThrow()
    {
        using var words = new TestVocabulary("a");
        Assert.Equal("[UNK] a", words.Tokens("\ufffe a")); // the one code point that string.Normalize refuses
    }

    [Fact]
    public void Encode_CasedVocabulary_KeepsCaseAndAccents()
    {
        using var words = new TestVocabulary("É e E", lowerCase: false);
        Assert.Equal("É E e [UNK]", words.Tokens("É E e é"));
    }

    [Theory]
    [InlineData("a", 100, false)]
    [InlineData("a", 101, true)]
    [InlineData("😂", 100, false)] // 200 UTF-16 units: the limit counts characters
    [InlineData("😂", 101, true)]
    [InlineData("e\u0301", 100, false)] // counted without its accents
    public void Encode_WordAtTheLimit_UnknownOnlyAbove(string character, int count, bool unknown)
    {
        using var words = new TestVocabulary("a ##a 😂 ##😂 e ##e");
        var tokens = words.Tokens(string.Concat(Enumerable.Repeat(character, count))).Split(' ');
        Assert.Equal(unknown ? 1 : count, tokens.Length);
        Assert.Equal(unknown, tokens[0] == "[UNK]");
    }

    [Theory]
    [InlineData(4, 4, false)] // [CLS] a ##b [SEP]
    [InlineData(3, 3, true)] // cut within the word
    [InlineData(2, 2, true)]
    public void Encode_MaxLength_CutsAtTheEnd(int maxLength, int length, bool cut)
    {
        using var words = new TestVocabulary("a ##b");
        var ids = words.Tokenizer.Encode("ab", maxLength, out var truncated);
        Assert.Equal(length, ids.Length);
        Assert.Equal(3, ids[^1]);
        Assert.Equal(cut, truncated);
    }

    [Theory]
    [InlineData("好", 500_000)]
    [InlineData("a", 500_000)]
    [InlineData(" ", 500_000)]
    [InlineData("\u0301\u0323", 250_000)] // combining marks: sorting them all at once would take minutes
    [InlineData("≠", 500_000)]
    public void Encode_HugeText_BoundedTime(string unit, int count)
    {
        using var words = new TestVocabulary("好 a ##a =");
        var text = "a" + string.Concat(Enumerable.Repeat(unit, count));
        var watch = Stopwatch.StartNew();
        var ids = words.Tokenizer.Encode(text, 256, out _);
        Assert.InRange(ids.Length, 3, 256);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    [Fact]
    public void Load_SpecialTokenMissing_RefusedByName()
    {
        var refused = Refusal("[PAD]\n[UNK]\n[CLS]\na\n");
        Assert.Contains("lacks [SEP]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TokenTwice_RefusedWithBothLines()
    {
        var refused = Refusal("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\na\n");
        Assert.Contains("'a' in line 5 and again in line 7", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileMissing_Refused()
    {
        var refused = Assert.Throws<ModelRefusedException>(() => BertTokenizer.Load("/nowhere/vocab.txt", true));
        Assert.Contains("/nowhere/vocab.txt is missing", refused.Message, StringComparison.Ordinal);
    }

    private static ModelRefusedException Refusal(string vocabulary)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, vocabulary);
        try
        {
            return Assert.Throws<ModelRefusedException>(() => BertTokenizer.Load(path, true));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
