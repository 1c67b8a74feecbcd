using System.Globalization;

namespace Evergrain.BrowserTests;

/// <summary>Reviews put together from our own words: each is different, and some are long.</summary>
internal static class Texts
{
    private static readonly string[] Things = ["房间", "早餐", "服务", "快递", "屏幕", "电池", "味道", "包装", "位置", "客服"];
    private static readonly string[] Words = ["很好", "太差了", "还可以", "让人失望", "超出预期", "一般", "非常满意", "完全不值这个价", "干净整洁", "又慢又贵"];

    /// <param name="count">How many.</param>
    /// <param name="parts">Clauses of each.</param>
    public static string[] Of(int count, int parts = 2) =>
    [
        .. Enumerable.Range(0, count).Select(i => string.Join('，', Enumerable.Range(0, parts).Select(p =>
            Things[(i + (3 * p)) % Things.Length] + Words[((i / 7) + (p * 3) + i) % Words.Length])) + string.Create(CultureInfo.InvariantCulture, $"，第{i}单。")),
    ];
}
