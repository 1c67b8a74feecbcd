using System.Text.Json;
using Evergrain.Engine.Tokenization;

namespace Evergrain.UnitTests.Tokenization;

/// <summary>Whole files of texts with the ids that the reference implementation gives.</summary>
public sealed class ReferenceVectorTests
{
    [Fact]
    public void Encode_OurVocabulary_SameIdsAsReference()
        => AssertSame(TestData.Path("tokenizer/vocab.txt"), TestData.Path("tokenizer/vectors.jsonl"), atLeast: 200);

    [Theory]
    [InlineData("public_vectors.jsonl", 20)]
    [InlineData("bert_base_chinese.jsonl", 483)]
    public void Encode_BertBaseChinese_SameIdsAsReference(string file, int rows)
    {
        // The vocabulary of bert-base-chinese is not ours to distribute: the files are only on some machines.
        var shared = TestData.SharedFolder("data/golden");
        Assert.SkipUnless(shared is not null, "There is no shared/data/golden beside this checkout.");
        AssertSame(Path.Combine(shared, "../vocab/vocab.txt"), Path.Combine(shared, file), rows);
    }

    private static void AssertSame(string vocabulary, string vectors, int atLeast)
    {
        var tokenizer = BertTokenizer.Load(vocabulary, lowerCase: true);
        var rows = File.ReadLines(vectors).Select(line => JsonSerializer.Deserialize<Vector>(line, JsonSerializerOptions.Web)!).ToArray();
        var wrong = rows.Where(row => !tokenizer.Encode(row.Text, int.MaxValue, out _).SequenceEqual(row.Expected)).ToArray();
        Assert.True(rows.Length >= atLeast, $"only {rows.Length} rows");
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {rows.Length} differ, the first: '{wrong.FirstOrDefault()?.Text}'");
    }

    private sealed record Vector(string Text, int[] Ids)
    {
        /// <summary>Where a text has special tokens in it, the files give the ids with and without looking for them.</summary>
        [System.Text.Json.Serialization.JsonPropertyName("ids_special_tokens_not_parsed")]
        public int[]? PlainIds { get; init; }

        public int[] Expected => PlainIds ?? Ids;
    }
}
