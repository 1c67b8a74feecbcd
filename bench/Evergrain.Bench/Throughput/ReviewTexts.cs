namespace Evergrain.Bench.Throughput;

/// <summary>Made-up texts with the lengths of real reviews: hotels, books, shopping, take-away, cars and films, 120,000 of them.</summary>
internal static class ReviewTexts
{
    private const int Seed = 20;

    /// <summary>Shares of the reviews that have at most so many characters.</summary>
    private static readonly (double Share, int Characters)[] Lengths =
    [
        (0, 2), (0.05, 9), (0.10, 12), (0.15, 15), (0.20, 17), (0.25, 19), (0.30, 21), (0.35, 24), (0.40, 27), (0.45, 30), (0.50, 33), (0.55, 37), (0.60, 42),
        (0.65, 48), (0.70, 55), (0.75, 63), (0.80, 73), (0.85, 87), (0.90, 107), (0.95, 163), (0.97, 193), (0.98, 238), (0.99, 345), (0.995, 494), (1, 900),
    ];

    private const string Characters =
        "的了是我不很在有就也好个都这还一人到买书店房间酒店服务看没说但比较感觉电影手机送快递质量味道东西价格便宜可以非常喜欢没有什么自己时候孩子内容问题屏幕早餐前台态度干净环境，。！、";

    /// <summary>The same texts every time.</summary>
    public static string[] Create(int count)
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(_ => new string(random.GetItems<char>(Characters, Length(random.NextDouble()))))];
    }

    private static int Length(double share)
    {
        var above = Array.FindIndex(Lengths, point => point.Share >= share);
        if (above <= 0) return Lengths[0].Characters;
        var (low, high) = (Lengths[above - 1], Lengths[above]);
        return (int)(low.Characters + ((high.Characters - low.Characters) * (share - low.Share) / (high.Share - low.Share)));
    }
}
