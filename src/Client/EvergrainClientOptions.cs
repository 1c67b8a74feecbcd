using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Evergrain.Client;

/// <summary>How to reach a cluster. Only <see cref="Silos"/> must be set.</summary>
public sealed record EvergrainClientOptions
{
    /// <summary>host:port of silos' Orleans client ports (gatewayPort in the YAML). One living silo is enough: the others are
    /// found through its membership view.</summary>
    public ImmutableArray<string> Silos { get; init; } = [];

    /// <summary>The cluster's id (cluster.id in the YAML).</summary>
    public string ClusterId { get; init; } = "evergrain";

    /// <summary>The model's name (model.name in the YAML): the inference grain's key.</summary>
    public string Model { get; init; } = "sentiment";

    /// <summary>A call's time where the caller gives none.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>No load report for this long: the silo is suspect and gets no calls.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Other attempts of a call after a rejection or a time-out. A lost connection is not counted.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Tokens: a queue of more than 1.5 times as many makes a silo hot.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>Estimated tokens in one chunk of a batch call.</summary>
    public int ChunkTokens { get; init; } = 2048;

    /// <summary>False: one attempt a call, lost silos are not avoided. Only for a drill that wants to see whether it would notice.</summary>
    public bool Failover { get; init; } = true;

    /// <summary>Folder with ca.crt, client.crt and client.key, where the silos ask for certificates (tls.folder in the YAML); null: no TLS.</summary>
    public string? TlsFolder { get; init; }

    /// <summary>True: traces go on in the silos. Costs a little on each call, so it is off where nobody collects them.</summary>
    public bool Tracing { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ValidationException">Names everything that is wrong, at once.</exception>
    internal void Validate()
    {
        var errors = new List<string>();
        if (Silos.IsDefaultOrEmpty) errors.Add("Silos is empty: give at least one host:port (gatewayPort in the YAML)");
        else errors.AddRange(Silos.Where(s => !SiloEndpoint.TryParse(s, out _)).Select(s => $"Silos: '{s}' is not host:port"));
        if (string.IsNullOrWhiteSpace(ClusterId)) errors.Add("ClusterId is empty");
        if (string.IsNullOrWhiteSpace(Model)) errors.Add("Model is empty");
        if (Deadline <= TimeSpan.Zero) errors.Add($"Deadline: {Deadline} is not positive");
        if (SuspectAfter < TimeSpan.FromMilliseconds(100)) errors.Add($"SuspectAfter: {SuspectAfter} is below 100 ms");
        if (MaxRetries < 0) errors.Add($"MaxRetries: {MaxRetries} is negative");
        if (BatchTokens <= 0) errors.Add($"BatchTokens: {BatchTokens} is not positive");
        if (ChunkTokens <= 0) errors.Add($"ChunkTokens: {ChunkTokens} is not positive");
        if (errors.Count > 0) throw new ValidationException(string.Join("; ", errors));
    }
}
