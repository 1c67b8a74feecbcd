namespace Evergrain.WebUI.App.Tables;

/// <summary>Guesses what a table's columns are; a person may choose otherwise.</summary>
internal static class ColumnGuess
{
    private const int Looked = 200;

    private static readonly string[] TextNames = ["text", "review", "comment", "content", "feedback", "message", "body", "评论", "评价", "内容", "文本", "反馈", "留言", "意见"];
    private static readonly string[] OtherNames =
        ["label", "date", "time", "rating", "score", "star", "user", "city", "shop", "日期", "时间", "评分", "星级", "用户", "编号", "序号", "标签", "城市", "门店", "店铺", "渠道", "名称"];

    /// <summary>The first row names the columns: by a usual name, or because it is short where the rest of its column is long or a number.</summary>
    public static bool IsHeader(List<string[]> rows)
    {
        var first = rows[0];
        if (first.Length == 0 || Array.TrueForAll(first, string.IsNullOrWhiteSpace) || Array.Exists(first, IsNumber)) return false;
        if (Array.Exists(first, cell => IsName(cell, TextNames) || IsName(cell, OtherNames) || cell.Trim().Equals("id", StringComparison.OrdinalIgnoreCase))) return true;
        // One column of texts: a first text as short as the others is a text.
        if (first.Length == 1) return false;
        var rest = rows.Skip(1).Take(Looked).ToList();
        return Enumerable.Range(0, first.Length).Any(c => rest.Count > 0 && rest.All(r => c < r.Length && IsNumber(r[c])) && !IsNumber(first[c]));
    }

    /// <summary>The column with the texts: by its name, else the one with the longest cells.</summary>
    public static int TextColumn(Table table)
    {
        for (var c = 0; c < table.Header.Length; c++)
        {
            if (IsName(table.Header[c], TextNames)) return c;
        }

        var lengths = new double[table.Columns];
        for (var r = 0; r < Math.Min(Looked, table.Rows.Count); r++)
        {
            for (var c = 0; c < table.Columns; c++) lengths[c] += IsNumber(table.Cell(r, c)) || Days.Of(table.Cell(r, c)) is not null ? 0 : table.Cell(r, c).Length;
        }

        return Array.IndexOf(lengths, lengths.Max());
    }

    private static bool IsName(string cell, string[] names)
        => cell.Trim() is { Length: > 0 and <= 20 } name && Array.Exists(names, n => name.Contains(n, StringComparison.OrdinalIgnoreCase));

    private static bool IsNumber(string cell)
        => double.TryParse(cell, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);
}
