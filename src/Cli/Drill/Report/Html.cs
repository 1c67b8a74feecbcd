using System.Xml;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>
/// Elements of the page. The page is a tree, never glued text: what comes from outside cannot become markup, and the result is well-formed XML.
/// </summary>
internal static class Html
{
    private static readonly HashSet<string> Void = ["meta", "br", "col"];

    /// <summary>Content: text, a <see cref="Bilingual"/> (English in grey behind the Chinese), elements, attributes, or sequences of these.</summary>
    public static XElement El(string name, params object?[] content)
    {
        var element = new XElement(name, content.Select(Node));
        // An HTML parser takes "<td/>" for a start tag.
        if (element.IsEmpty && !Void.Contains(name))
            element.Value = "";
        return element;
    }

    public static XAttribute Class(string value) => new("class", value);

    public static XAttribute At(string name, string value) => new(name, Clean(value));

    public static XElement En(string text) => new("span", new XAttribute("class", "en"), new XAttribute("lang", "en"), Clean(text));

    public static object[] Both(Bilingual text) => text.Zh == text.En ? [new XText(Clean(text.Zh))] : [new XText(Clean(text.Zh) + " "), En(text.En)];

    /// <summary>The head of a table's column.</summary>
    public static XElement Column(string zh, string en) => El("th", At("scope", "col"), new Bilingual(zh, en));

    /// <summary>The same for a column of figures.</summary>
    public static XElement FigureColumn(string zh, string en) => El("th", At("scope", "col"), Class("n"), new Bilingual(zh, en));

    public static XElement Figure(string figure, bool bad = false) => El("td", Class(bad ? "n bad" : "n"), figure);

    /// <summary>Without the characters that XML cannot hold at all, not even encoded.</summary>
    public static string Clean(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;
        return string.Concat(text.Select((c, i) =>
            XmlConvert.IsXmlChar(c)
            || (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], c))
            || (i > 0 && XmlConvert.IsXmlSurrogatePair(c, text[i - 1])) ? c : '\uFFFD'));
    }

    private static object? Node(object? content) => content switch
    {
        string text => new XText(Clean(text)),
        Bilingual text => Both(text),
        IEnumerable<object?> many => many.Select(Node),
        _ => content,
    };
}
