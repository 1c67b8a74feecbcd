using System.Collections.Immutable;
using System.Text;

namespace Evergrain.Gateway.Webhooks;

/// <summary>How a message shall look.</summary>
internal enum AlertLevel
{
    Notice,
    AllClear,
    Alarm,
}

/// <summary>What a group of people gets to read, before it takes the form of one service.</summary>
internal sealed record AlertMessage
{
    public required AlertLevel Level { get; init; }

    /// <summary>One line without markup; begins with "Evergrain", so that robots that ask for a keyword can be given this one.</summary>
    public required string Title { get; init; }

    /// <summary>Markdown that all three services know: bold, and lists.</summary>
    public required ImmutableArray<string> Lines { get; init; }

    public required ImmutableArray<Alert> Alerts { get; init; }

    /// <summary>The lines as one text of at most <paramref name="maxBytes"/> in UTF-8: whole lines, the rest is left out.</summary>
    public string Join(string separator, int maxBytes)
    {
        const char More = '…';
        var text = new StringBuilder();
        var bytes = 0;
        var reserve = Encoding.UTF8.GetByteCount($"{separator}{More}");
        foreach (var line in Lines)
        {
            var part = text.Length == 0 ? line : separator + line;
            bytes += Encoding.UTF8.GetByteCount(part);
            if (bytes > maxBytes - reserve) return text.Append(separator).Append(More).ToString();
            text.Append(part);
        }

        return text.ToString();
    }
}
