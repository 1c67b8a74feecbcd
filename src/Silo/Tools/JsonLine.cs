using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Evergrain.Silo.Tools;

/// <summary>Reads a line that is one JSON string.</summary>
internal static class JsonLine
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The string; an escaped lone surrogate is kept as it is, where the JSON library's own reading would throw.</summary>
    /// <exception cref="JsonException">Not JSON, not a string, more than a string, or not UTF-8.</exception>
    public static string ReadString(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw new JsonException("The line is not a JSON string.");
        string text;
        try
        {
            text = reader.ValueIsEscaped ? Unescape(reader.ValueSpan) : Strict.GetString(reader.ValueSpan);
        }
        catch (DecoderFallbackException e)
        {
            throw new JsonException("The line is not UTF-8.", e);
        }

        return reader.Read() ? throw new JsonException("The line holds more than one JSON string.") : text;
    }

    /// <summary>The reader has already checked that every escape is whole.</summary>
    private static string Unescape(ReadOnlySpan<byte> escaped)
    {
        var text = Strict.GetString(escaped);
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            var kind = text[++i];
            if (kind == 'u')
            {
                plain.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                plain.Append(kind switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind });
            }
        }

        return plain.ToString();
    }
}
