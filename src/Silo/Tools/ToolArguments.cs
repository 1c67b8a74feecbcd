using System.Globalization;

namespace Evergrain.Silo.Tools;

/// <summary>Arguments of a tool: options with one value each, and the rest in order.</summary>
internal sealed class ToolArguments
{
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    private ToolArguments(IReadOnlyList<string> values) => Values = values;

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <exception cref="ToolUsageException">An unknown option, or one without its value.</exception>
    public static ToolArguments Parse(string[] args, string usage, params string[] options)
    {
        var values = new List<string>();
        var parsed = new ToolArguments(values);
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                values.Add(args[i]);
            }
            else if (!options.Contains(args[i]))
            {
                throw new ToolUsageException($"Unknown option {args[i]}. Usage: {usage}");
            }
            else if (i + 1 == args.Length)
            {
                throw new ToolUsageException($"{args[i]} needs a value. Usage: {usage}");
            }
            else
            {
                parsed._options[args[i]] = args[++i];
            }
        }

        return parsed;
    }

    public string? Option(string name) => _options.GetValueOrDefault(name);

    /// <exception cref="ToolUsageException">Not a number of at least <paramref name="least"/>.</exception>
    public int Number(string name, int otherwise, int least)
    {
        if (Option(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ToolUsageException($"{name} is '{text}', which is no number of at least {least}.");
    }
}
