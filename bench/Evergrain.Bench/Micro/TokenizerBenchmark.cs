using BenchmarkDotNet.Attributes;
using Evergrain.Bench.Throughput;
using Evergrain.Engine.Tokenization;

namespace Evergrain.Bench.Micro;

/// <summary>Text to ids. An operation is a token: 1,000 ns are a million tokens a second.</summary>
[MemoryDiagnoser]
public class TokenizerBenchmark
{
    /// <summary>Texts of one's own, LABEL, a tab, the text, a line each: made-up ones have no words in other letters and no numbers.</summary>
    private const string TextsVariable = "EVERGRAIN_TEXTS";

    private const int Tokens = 100_000;
    private const int MaxLength = 256;

    private BertTokenizer _tokenizer = null!;
    private string[] _texts = null!;

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = BertTokenizer.Load(Path.Combine("models", "default", "vocab.txt"), lowerCase: true);
        var all = Environment.GetEnvironmentVariable(TextsVariable) is { Length: > 0 } file
            ? [.. File.ReadLines(file).Select(line => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..])]
            : ReviewTexts.Create(10_000);
        var texts = new List<string>();
        var tokens = 0;
        for (var i = 0; tokens < Tokens; i++)
        {
            texts.Add(all[i % all.Length]);
            tokens += _tokenizer.Encode(texts[^1], MaxLength, out _).Length;
        }

        _texts = [.. texts];
    }

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int Encode()
    {
        var sum = 0;
        foreach (var text in _texts) sum += _tokenizer.Encode(text, MaxLength, out _).Length;
        return sum;
    }
}
