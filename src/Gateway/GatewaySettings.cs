using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Gateway;

/// <summary>What a gateway may be told anew while it runs.</summary>
/// <param name="Routing">Times of requests.</param>
/// <param name="Limits">What a request may bring.</param>
/// <param name="Keys">Who may call.</param>
internal sealed record GatewaySettings(RoutingConfig Routing, LimitsConfig Limits, AccessKeys Keys);

/// <summary>The settings of now: one snapshot, swapped whole, read without a lock. Whoever needs two of them reads it once.</summary>
internal sealed class CurrentSettings(GatewaySettings first)
{
    private GatewaySettings _now = first;

    public GatewaySettings Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, value);
    }
}
