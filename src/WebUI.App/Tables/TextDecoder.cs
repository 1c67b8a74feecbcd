using System.Text;

namespace Evergrain.WebUI.App.Tables;

/// <summary>Finds a text's encoding: its byte order mark, then strict UTF-8, else GB18030, in which nearly every other Chinese file is written (GBK and GB2312 are
/// parts of it). Statistical detectors take short GBK for Greek.</summary>
internal static class TextDecoder
{
    static TextDecoder() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <exception cref="TableException">It holds zero bytes: no text.</exception>
    public static (string Text, string Encoding) Decode(byte[] bytes)
    {
        if (Mark(bytes) is var (marked, length) && marked is not null) return (marked.GetString(bytes, length, bytes.Length - length), marked.WebName.ToUpperInvariant());
        if (bytes.AsSpan().Contains((byte)0)) throw new TableException(TableProblem.NotATable);
        try
        {
            return (new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), "UTF-8");
        }
        catch (DecoderFallbackException)
        {
            return (Encoding.GetEncoding("GB18030").GetString(bytes), "GB18030");
        }
    }

    private static (Encoding? Encoding, int Length) Mark(byte[] bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => (null, 0),
    };
}
