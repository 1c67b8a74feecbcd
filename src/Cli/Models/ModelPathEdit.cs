using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Evergrain.Cli.Models;

/// <summary>
/// Writes another model.path into a text of evergrain.yaml: that scalar is replaced where the parser saw it, a missing key or
/// section is added, and every other character stays. Knows the usual shapes; the caller checks what came out.
/// </summary>
internal static class ModelPathEdit
{
    private const string Section = "model";
    private const string Key = "path";

    /// <param name="text">The file, which has been read without an error.</param>
    /// <param name="path">The new value, as it is to be read back.</param>
    /// <exception cref="YamlException">It is written in a way that cannot be edited.</exception>
    public static string Apply(string text, string path)
    {
        var edit = Find(text, path);
        return string.Concat(text.AsSpan(0, edit.Start), edit.Text, text.AsSpan(edit.End));
    }

    private readonly record struct Edit(int Start, int End, string Text)
    {
        public static Edit Insert(int at, string text) => new(at, at, text);
    }

    private static Edit Find(string text, string path)
    {
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _) || !parser.TryConsume<MappingStart>(out var root))
            return NewLine(text, text.Length, "", NewSection(path));

        (int Start, int End)? first = null;
        while (!parser.Accept<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (key.Value == Section)
                return InSection(text, parser, path);
            var end = Skip(text, parser, Index(key.End));
            first ??= (Index(key.Start), end);
        }

        if (root.Style == MappingStyle.Flow || first is null)
            return Into(text, parser.Consume<MappingEnd>(), first?.Start, NewSection(path));
        // Behind the first section, which is the cluster's, and what stands beside it.
        return NewLine(text, StartOfNextLine(text, first.Value.End), Indent(text, first.Value.Start), NewSection(path));
    }

    private static Edit InSection(string text, Parser parser, string path)
    {
        if (parser.TryConsume<Scalar>(out var nothing))
            return Replace(text, nothing, $"{{ {Entry(path)} }}");
        var section = parser.Consume<MappingStart>();
        int? first = null;
        while (!parser.Accept<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (key.Value == Key)
            {
                var value = parser.Consume<ParsingEvent>();
                return value is Scalar or AnchorAlias
                    ? Replace(text, value, YamlText.Of(path, (value as Scalar)?.Style))
                    : throw new YamlException(value.Start, value.End, $"{Section}.{Key} is no text");
            }

            Skip(text, parser, Index(key.End));
            first ??= Index(key.Start);
        }

        return section.Style == MappingStyle.Flow || first is null
            ? Into(text, parser.Consume<MappingEnd>(), first, Entry(path))
            : Edit.Insert(first.Value, Entry(path) + LineEnd(text) + Indent(text, first.Value));
    }

    /// <summary>Before the first entry of a map in braces, or between the braces.</summary>
    private static Edit Into(string text, MappingEnd end, int? first, string entry) => first is { } at
        ? Edit.Insert(at, entry + ", ")
        : Edit.Insert(Index(end.Start), (char.IsWhiteSpace(text[Index(end.Start) - 1]) ? "" : " ") + entry + " ");

    private static Edit NewLine(string text, int at, string indent, string line)
        => Edit.Insert(at, (at == 0 || text[at - 1] == '\n' ? "" : LineEnd(text)) + indent + line + LineEnd(text));

    private static Edit Replace(string text, ParsingEvent value, string with)
    {
        var (start, end) = (Index(value.Start), Index(value.End));
        // A value that is left out stands right behind its colon; a block scalar has the end of its last line in it.
        var before = start == end && !char.IsWhiteSpace(text[start - 1]) ? " " : "";
        var after = end > start && text[end - 1] == '\n' ? LineEnd(text) : "";
        return new Edit(start, end, before + with + after);
    }

    /// <summary>Reads over a node.</summary>
    /// <returns>Where the last thing that is written in it ends; <paramref name="end"/> where nothing is.</returns>
    private static int Skip(string text, Parser parser, int end)
    {
        var depth = 0;
        do
        {
            var next = parser.Consume<ParsingEvent>();
            depth += next.NestingIncrease;
            // No end of a map or list has a length; that of one in braces stands where its brace does.
            if (next.NestingIncrease < 0 && Index(next.Start) < text.Length && text[Index(next.Start)] is '}' or ']')
                end = Index(next.Start) + 1;
            else if (Index(next.End) > Index(next.Start))
                end = Index(next.End);
        }
        while (depth > 0);
        return end;
    }

    private static int StartOfNextLine(string text, int at)
    {
        if (at > 0 && text[at - 1] == '\n')
            return at;
        var newLine = text.IndexOf('\n', at);
        return newLine < 0 ? text.Length : newLine + 1;
    }

    private static string Indent(string text, int at) => new(' ', at == 0 ? 0 : at - 1 - text.LastIndexOf('\n', at - 1));

    private static string LineEnd(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    private static string NewSection(string path) => $"{Section}: {{ {Entry(path)} }}";

    private static string Entry(string path) => $"{Key}: {YamlText.Of(path, null)}";

    private static int Index(Mark mark) => (int)mark.Index;
}
