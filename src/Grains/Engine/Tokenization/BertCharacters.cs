using System.Globalization;
using System.Text;

namespace Evergrain.Engine.Tokenization;

/// <summary>What BERT's reference implementation takes a code point for. Not quite Unicode's own classes, so each rule says where
/// it departs.</summary>
internal static class BertCharacters
{
    /// <summary>Ends a word and leaves nothing. Unicode's White_Space; the separators U+001C–001F are control characters here.</summary>
    public static bool IsWhite(Rune rune) => rune.IsBmp ? char.IsWhiteSpace((char)rune.Value) : Rune.IsWhiteSpace(rune);

    /// <summary>Vanishes without ending a word: control, format (soft hyphen, zero-width joiner) and private-use characters. Lone
    /// surrogates are of this kind too, but are no runes: the decoder yields U+FFFD for them.</summary>
    public static bool IsRemoved(Rune rune)
        => rune.Value is 0 or 0xFFFD
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>Is a word by itself. Ideographs only: kana and hangul stay in words.</summary>
    public static bool IsIdeograph(Rune rune) => rune.Value is
        (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF) // not 2B820, where the block begins: the reference starts here
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);

    /// <summary>Is a word by itself. Every ASCII sign that is no letter, digit or blank counts, also those that Unicode calls
    /// symbols ($ + ^ ~); beyond ASCII symbols (￥ ℃ ★) stay in words.</summary>
    public static bool IsPunctuation(Rune rune)
        => rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
                or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;

    /// <summary>An accent once the text is decomposed.</summary>
    public static bool IsAccent(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark;

    /// <summary>May have a combining class other than 0; every other category has 0, so text may be decomposed in pieces that
    /// begin with a character of another category.</summary>
    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
