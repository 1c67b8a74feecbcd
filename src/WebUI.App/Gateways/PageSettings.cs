using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Gateways;

/// <summary>What the page's host tells of the YAML: GET /config.json.</summary>
internal sealed record PageSettings
{
    public required string Cluster { get; init; }

    public required string WebUi { get; init; }

    public required string Version { get; init; }

    /// <summary>In the order in which to try them.</summary>
    public required ImmutableArray<GatewayAddress> Gateways { get; init; }

    public required ImmutableArray<SiloAddress> Silos { get; init; }
}

/// <summary>A gateway by its own address.</summary>
internal sealed record GatewayAddress(string Name, string Node, Uri Url);

/// <summary>A silo's dashboard, on the loopback of its server.</summary>
internal sealed record SiloAddress(string Name, string Node, Uri Dashboard);
