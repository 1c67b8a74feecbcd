using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report.Chart;

/// <summary>How an event looks. The word on its flag says the same as the colour; white on every colour has a contrast of 5 or more.</summary>
internal static class MarkStyle
{
    public static string ColourOf(MarkKind kind) => kind switch
    {
        MarkKind.Injection => "#a8201a",
        MarkKind.Detection => "#8a5a00",
        MarkKind.Reroute => "#1f5fa8",
        MarkKind.Eviction => "#6b3fa0",
        MarkKind.Recovery => "#19692f",
        MarkKind.Healed => "#0b6a78",
        _ => "#5b6672",
    };

    /// <summary>The class of the event in the list below the chart.</summary>
    public static string ClassOf(MarkKind kind) => kind switch
    {
        MarkKind.Injection => "injection",
        MarkKind.Detection => "detection",
        MarkKind.Reroute => "reroute",
        MarkKind.Eviction => "eviction",
        MarkKind.Recovery => "recovery",
        MarkKind.Healed => "healed",
        _ => "other",
    };
}
