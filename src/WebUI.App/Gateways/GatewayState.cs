namespace Evergrain.WebUI.App.Gateways;

/// <summary>A gateway as this page has found it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="IsUp">Its last answer came; null before the first call.</param>
/// <param name="Since">When that changed.</param>
internal sealed record GatewayState(GatewayAddress Address, bool? IsUp, DateTimeOffset Since)
{
    public string Name => Address.Name;
}

/// <summary>A gateway was lost or came back.</summary>
/// <param name="At">When the page noticed.</param>
/// <param name="Name">Which.</param>
/// <param name="IsUp">It answers again.</param>
internal sealed record GatewayChange(DateTimeOffset At, string Name, bool IsUp);
