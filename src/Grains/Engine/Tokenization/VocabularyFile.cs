namespace Evergrain.Engine.Tokenization;

/// <summary>Checks a vocab.txt before the library reads it, whose own errors name neither file nor line.</summary>
internal static class VocabularyFile
{
    public const string Unknown = "[UNK]";

    public const string Cls = "[CLS]";

    public const string Sep = "[SEP]";

    public const string Pad = "[PAD]";

    /// <summary>Ids of all tokens.</summary>
    /// <exception cref="ModelRefusedException">Missing file, a token named twice, a special token missing.</exception>
    public static Dictionary<string, int> Load(string path)
    {
        var ids = Read(path);
        var missing = new[] { Unknown, Cls, Sep, Pad }.Where(token => !ids.ContainsKey(token)).ToArray();
        return missing.Length == 0
            ? ids
            : throw new ModelRefusedException($"{path} lacks {string.Join(", ", missing)}: it is no BERT vocabulary.");
    }

    private static Dictionary<string, int> Read(string path)
    {
        if (!File.Exists(path)) throw new ModelRefusedException($"{path} is missing.");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var line = 0;
        foreach (var token in File.ReadLines(path))
        {
            if (token.Length > 0 && !ids.TryAdd(token, line))
            {
                throw new ModelRefusedException(
                    $"{path} names the token '{token}' in line {ids[token] + 1} and again in line {line + 1}.");
            }

            line++;
        }

        return ids;
    }
}
