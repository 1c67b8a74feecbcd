using System.Xml.Linq;
using Evergrain.Cli.Drill.Results;
using static Evergrain.Cli.Drill.Report.Html;

namespace Evergrain.Cli.Drill.Report;

/// <summary>What the figures and the charts say, in plain words.</summary>
internal static class HtmlReading
{
    private static readonly Bilingual Charts = new(
        "横轴为场景开始后的秒数，三幅图共用。上：每秒请求数，斜线红色部分为失败。中：延迟，线为中位数，圆点为该时段内等得最久的一位"
        + "（对数刻度）。下：由哪个节点答复。竖线为事件，编号与图下的列表对应；浅色底为从注入到恢复的时段。"
        + "事件很多时图中只标注入，列表仍是全部。",
        "The x axis counts seconds from the start of the scenario, for all three bands. Top: requests a second, the hatched red part "
        + "failed. Middle: latency, the line is the median, each dot the one who waited longest (logarithmic). Bottom: which silo answered. "
        + "Vertical lines are events, numbered as in the list below the chart; the tinted time is from an injection to the recovery. "
        + "Where there are very many events the chart marks the injections only; the list has them all.");

    public static XElement Of() => El("section", Class("reading"),
        El("h2", new Bilingual("怎样读这份报告", "How to read this")),
        El("dl", Words.Reading.Append((new("时间线图", "The timeline charts"), Charts))
            .Select(entry => El("div", El("dt", entry.Term), El("dd", entry.Meaning.Zh, " ", En(entry.Meaning.En))))));
}
