using Microsoft.ML.Tokenizers;

namespace Evergrain.Engine.Tokenization;

/// <summary>Takes apart what <see cref="BertWords"/> put together.</summary>
internal sealed class BlankPreTokenizer : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        var start = 0;
        for (var end = text.IndexOf(' '); end >= 0; end = text.IndexOf(' ', start))
        {
            yield return (start, end - start);
            start = end + 1;
        }
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());
}
