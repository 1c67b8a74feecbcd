using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Evergrain.Hosting.Configuration;

/// <summary>A node of the file with the line it begins on.</summary>
internal abstract record YamlValue(int Line);

internal sealed record YamlScalar(int Line, string Text, bool IsNull) : YamlValue(Line);

internal sealed record YamlList(int Line, IReadOnlyList<YamlValue> Items) : YamlValue(Line);

internal sealed record YamlMap(int Line, IReadOnlyList<YamlEntry> Entries) : YamlValue(Line);

internal sealed record YamlEntry(int Line, string Key, YamlValue Value);

/// <summary>
/// Builds the tree from the parser's events. YamlDotNet's own YamlStream does the same but throws at the first key that comes
/// twice; here that is one error among the others.
/// </summary>
internal sealed class YamlTree(ConfigErrors errors)
{
    private readonly Dictionary<string, YamlValue> _anchors = new(StringComparer.Ordinal);

    /// <summary>The document's root; null where there is none or where the syntax is wrong (which is then in the errors).</summary>
    public YamlValue? Read(string text)
    {
        if (ReportTabs(text))
            return null;
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
                return null;
            var root = ReadNode(parser);
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out var second))
                errors.Add((int)second.Start.Line, "a second YAML document begins here; write everything in one");
            return root;
        }
        catch (YamlException e)
        {
            errors.Add((int)e.Start.Line, $"not YAML: {e.Message}");
            return null;
        }
    }

    private YamlValue ReadNode(IParser parser)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            // Anchors are known once their node is complete, so a node cannot contain itself.
            if (_anchors.TryGetValue(alias.Value.Value, out var target))
                return target;
            errors.Add((int)alias.Start.Line, $"'*{alias.Value.Value}' refers to no earlier anchor");
            return new YamlScalar((int)alias.Start.Line, "", IsNull: true);
        }
        var start = parser.Accept<NodeEvent>(out var node) ? node : throw new YamlException("a value is missing");
        YamlValue value = start switch
        {
            Scalar => ReadScalar(parser),
            SequenceStart => ReadList(parser),
            _ => ReadMap(parser),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = value;
        return value;
    }

    private static YamlScalar ReadScalar(IParser parser)
    {
        var scalar = parser.Consume<Scalar>();
        var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
        return new YamlScalar((int)scalar.Start.Line, scalar.Value, isNull);
    }

    private YamlList ReadList(IParser parser)
    {
        var line = (int)parser.Consume<SequenceStart>().Start.Line;
        var items = new List<YamlValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(parser));
        return new YamlList(line, items);
    }

    private YamlMap ReadMap(IParser parser)
    {
        var line = (int)parser.Consume<MappingStart>().Start.Line;
        var entries = new List<YamlEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(parser);
            var value = ReadNode(parser);
            if (key is not YamlScalar { Text: var name })
                errors.Add(key.Line, "a key must be a word, not a list or a map");
            else if (entries.Find(e => e.Key == name) is { } first)
                errors.Add(key.Line, $"'{name}' is already on line {first.Line}; keep one of the two");
            else
                entries.Add(new YamlEntry(key.Line, name, value));
        }
        return new YamlMap(line, entries);
    }

    /// <summary>The parser says of a tab only that a character "cannot start any token".</summary>
    private bool ReportTabs(string text)
    {
        var found = false;
        var lineNumber = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            lineNumber++;
            var content = line.TrimStart();
            if (content.IsEmpty || content[0] == '#' || !line[..^content.Length].Contains('\t'))
                continue;
            errors.Add(lineNumber, "a tab indents this line; use spaces");
            found = true;
        }
        return found;
    }
}
