using Evergrain.Engine.Tokenization;

namespace Evergrain.UnitTests.Tokenization;

/// <summary>A tokenizer over a handful of tokens, whose ids are read back as tokens.</summary>
internal sealed class TestVocabulary : IDisposable
{
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];

    private readonly string _path = Path.GetTempFileName();
    private readonly string[] _tokens;

    public TestVocabulary(string tokens, bool lowerCase = true)
    {
        _tokens = [.. Special, .. tokens.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        File.WriteAllLines(_path, _tokens);
        Tokenizer = BertTokenizer.Load(_path, lowerCase);
    }

    public BertTokenizer Tokenizer { get; }

    /// <summary>Tokens without [CLS] and [SEP], blank between them.</summary>
    public string Tokens(string text) => string.Join(' ', Tokenizer.Encode(text, int.MaxValue, out _)[1..^1].Select(id => _tokens[id]));

    public void Dispose() => File.Delete(_path);
}
