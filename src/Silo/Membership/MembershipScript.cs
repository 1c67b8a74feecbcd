using System.Collections.Immutable;
using System.Text;

namespace Evergrain.Silo.Membership;

/// <summary>An embedded .sql file: the schema and the statements that Orleans calls by name.</summary>
internal sealed record MembershipScript(string Schema, ImmutableDictionary<string, string> Queries)
{
    private const string Mark = "== ";
    private const string SchemaSection = "schema";

    /// <summary>Reads the embedded file <paramref name="name"/>.sql of this folder.</summary>
    public static MembershipScript Load(string name)
    {
        var resource = $"{typeof(MembershipScript).Namespace}.{name}.sql";
        using var stream = typeof(MembershipScript).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly has no resource {resource}.");
        using var reader = new StreamReader(stream);
        return Parse(reader);
    }

    /// <summary>Cuts a script into its "== NAME" sections; what stands before the first is a comment.</summary>
    internal static MembershipScript Parse(TextReader reader)
    {
        var sections = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        StringBuilder? section = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                section = new StringBuilder();
                sections.Add(line[Mark.Length..].Trim(), section);
            }
            else
            {
                section?.Append(line).Append('\n');
            }
        }

        if (!sections.Remove(SchemaSection, out var schema))
            throw new InvalidOperationException($"The script has no section \"{Mark}{SchemaSection}\".");

        return new(schema.ToString().Trim(), sections.ToImmutableDictionary(s => s.Key, s => s.Value.ToString().Trim()));
    }
}
