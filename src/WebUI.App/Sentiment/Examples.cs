using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Sentiment;

/// <summary>Texts to try, written for this page.</summary>
internal static class Examples
{
    public static readonly ImmutableArray<string> Texts =
    [
        "这个产品太棒了，用了一周完全没有后悔！",
        "等了三天才发货，客服还一直不回消息，很失望。",
        "房间很干净，早餐也丰富，但是隔音太差，半夜被走廊吵醒两次。",
        "包装有点破损，不过里面的东西没坏，味道一般。",
        "屏幕清晰，电池也耐用，就是充电头要另外买，有点小气。",
    ];
}
