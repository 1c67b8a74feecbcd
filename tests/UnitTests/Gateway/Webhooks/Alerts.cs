using Evergrain.Client.Events;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>Events for these tests.</summary>
internal static class Alerts
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static ClusterEvent Event(ClusterEventKind kind, string silo = "silo-a", int boot = 7, int inFlight = 0, string evidence = "", DateTimeOffset? at = null) => new()
    {
        Id = 1,
        At = at ?? Noon,
        Kind = kind,
        Silo = silo,
        BootId = boot,
        Cause = "its connection closed",
        Evidence = evidence,
        InFlight = inFlight,
    };
}
