using System.Collections.Immutable;
using System.Text;

namespace Evergrain.Silo.Tools;

/// <summary>One text and what a person said of it.</summary>
internal readonly record struct LabelledText(bool Positive, string Text);

/// <summary>A file of labelled texts: LABEL, a tab, the text, line by line.</summary>
internal sealed record LabelledFile(string Name, ImmutableArray<LabelledText> Rows)
{
    /// <exception cref="ToolUsageException">Missing, empty or not such a file; names the line.</exception>
    public static LabelledFile Read(string path)
    {
        if (!File.Exists(path)) throw new ToolUsageException($"{path} is missing.");
        var rows = ImmutableArray.CreateBuilder<LabelledText>();
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true)))
            {
                number++;
                if (line.Length > 0) rows.Add(Row(line, path, number));
            }
        }
        catch (DecoderFallbackException)
        {
            throw new ToolUsageException($"{path} line {number + 1}: not UTF-8.");
        }

        if (rows.Count == 0) throw new ToolUsageException($"{path} is empty.");
        return new LabelledFile(Path.GetFileName(path), rows.ToImmutable());
    }

    private static LabelledText Row(string line, string path, int number) => line.Split('\t', 2) switch
    {
        ["1", var text] => new LabelledText(true, text),
        ["0", var text] => new LabelledText(false, text),
        _ => throw new ToolUsageException($"{path} line {number}: not '0' or '1', a tab and a text."),
    };
}
