using System.Collections.Immutable;
using System.Globalization;

namespace Evergrain.Hosting.Configuration;

/// <summary>
/// One map of the file, read key by key. A key that is left out or empty gives the default; a wrong value gives an error and
/// a value that no later check stumbles over. <see cref="Close"/> reports the keys that nobody asked for.
/// </summary>
internal sealed class ConfigSection(YamlMap map, string path, string origin, ConfigErrors errors)
{
    private readonly List<string> _known = [];

    public int Line => map.Line;

    /// <summary>"silos[0]", "" for the whole file; says so where the entry is a default and not in the file.</summary>
    public string Describe(string key) => PathOf(key) + origin;

    public string PathOf(string key) => path.Length == 0 ? key : key.Length == 0 ? path : $"{path}.{key}";

    /// <summary>Line of the key's value, the section's own where it is left out.</summary>
    public int LineOf(string key) => Find(key)?.Line ?? map.Line;

    public void Report(string key, string message) => ReportAt(LineOf(key), key, message);

    public void ReportAt(int line, string key, string message) => errors.Add(line, $"{Describe(key)}: {message}");

    public void Close()
    {
        foreach (var entry in map.Entries.Where(e => !_known.Contains(e.Key)))
        {
            var advice = KeySuggestion.Nearest(entry.Key, _known) is { } near
                ? $"did you mean '{near}'?"
                : $"known here: {string.Join(", ", _known)}";
            errors.Add(entry.Line, $"{PathOf(entry.Key)}: unknown key; {advice}");
        }
    }

    public bool Has(string key) => Value(key) is not null;

    public string? Text(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar.Text.Trim();
            default:
                Report(key, $"must be a text, not {Kind(Value(key)!)}");
                return null;
        }
    }

    public int Number(string key, int fallback, int min, int max)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
        {
            return number;
        }
        Report(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a whole number from {min} to {max}"));
        return fallback;
    }

    /// <returns>The port; 0 where the value is none, and the error is reported.</returns>
    public int Port(string key, int fallback)
    {
        if (Text(key) is not { } text)
            return Value(key) is null ? fallback : 0;
        if (Ports.TryParse(text, out var port))
            return port;
        Report(key, $"'{text}' is not a port ({Ports.Range})");
        return 0;
    }

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (!Durations.TryParse(text, out var duration))
        {
            Report(key, $"'{text}' is not a time; write 200ms, 5s, 2m or 1h");
            return fallback;
        }
        if (duration >= min && duration <= max)
            return duration;
        Report(key, $"'{text}' is out of range; use {Durations.Format(min)} to {Durations.Format(max)}");
        return fallback;
    }

    public T OneOf<T>(string key, T fallback, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Text(key) is not { } text)
            return fallback;
        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
                return value;
            names.Add(name);
        }
        Report(key, $"'{text}' is unknown; use {string.Join(" or ", names)}");
        return fallback;
    }

    /// <summary>A nested map; an empty one where it is left out.</summary>
    public ConfigSection Section(string key)
    {
        if (Value(key) is { } value and not YamlMap)
            Report(key, $"must be a map (key: value), not {Kind(value)}");
        var child = Value(key) as YamlMap ?? new YamlMap(LineOf(key), []);
        return new ConfigSection(child, PathOf(key), origin, errors);
    }

    /// <summary>A list of maps; null where it is left out.</summary>
    public List<ConfigSection>? Sections(string key)
    {
        if (Items(key) is not { } items)
            return null;
        var sections = new List<ConfigSection>();
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is YamlMap item)
                sections.Add(new ConfigSection(item, $"{PathOf(key)}[{i}]", origin, errors));
            else
                errors.Add(items[i].Line, $"{Describe(key)}[{i}]: must be a map such as {{ name: … }}, not {Kind(items[i])}");
        }
        return sections;
    }

    /// <summary>A list of texts with their lines; null where it is left out.</summary>
    public ImmutableArray<YamlScalar>? Texts(string key)
    {
        if (Items(key) is not { } items)
            return null;
        foreach (var item in items.Where(i => i is not YamlScalar { IsNull: false }))
            errors.Add(item.Line, $"{Describe(key)}: a text is expected in the list, not {Kind(item)}");
        return [.. items.OfType<YamlScalar>().Where(s => !s.IsNull)];
    }

    private IReadOnlyList<YamlValue>? Items(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case YamlList list:
                return list.Items;
            default:
                Report(key, $"must be a list ([a, b] or lines with '- '), not {Kind(Value(key)!)}");
                return [];
        }
    }

    private YamlValue? Value(string key)
    {
        if (!_known.Contains(key))
            _known.Add(key);
        return Find(key) is { } value and not YamlScalar { IsNull: true } ? value : null;
    }

    private YamlValue? Find(string key) => map.Entries.FirstOrDefault(e => e.Key == key)?.Value;

    private static string Kind(YamlValue value) => value switch
    {
        YamlScalar { IsNull: true } => "nothing",
        YamlScalar scalar => $"'{scalar.Text}'",
        YamlList => "a list",
        _ => "a map",
    };
}
