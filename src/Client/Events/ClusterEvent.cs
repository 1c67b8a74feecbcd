namespace Evergrain.Client.Events;

/// <summary>What can happen to a silo, as a client of the cluster sees it.</summary>
public enum ClusterEventKind
{
    /// <summary>Connected, and reports.</summary>
    Joined,

    /// <summary>Takes calls: has answered its first calls after a start, a drain or a loss.</summary>
    Ready,

    /// <summary>Its connection closed.</summary>
    Lost,

    /// <summary>Connected, but its reports do not come.</summary>
    Suspected,

    /// <summary>Its reports come again.</summary>
    Trusted,

    /// <summary>Calls in flight on a lost or suspect silo were sent elsewhere; comes after the last of them left.</summary>
    Failover,

    /// <summary>Out of rotation for a while: too many of its attempts failed.</summary>
    Ejected,

    /// <summary>Back in rotation after an ejection: its probe was answered as before.</summary>
    Readmitted,

    /// <summary>Takes no new calls and finishes what it has.</summary>
    Draining,

    /// <summary>Said that it cannot answer (model refused, device lost).</summary>
    Failed,

    /// <summary>Starts: joined, and loads its model.</summary>
    Starting,

    /// <summary>Another silo's membership declared this boot dead.</summary>
    Evicted,

    /// <summary>A text that two processes died on is refused from now on.</summary>
    PoisonRefused,

    /// <summary>A silo cannot reach the membership database.</summary>
    DatabaseLost,

    /// <summary>It can again.</summary>
    DatabaseBack,

    /// <summary>Drained, and its connection closed: nothing was lost.</summary>
    Left,

    /// <summary>Its device is so busy that new calls go elsewhere as long as another silo is cool.</summary>
    Hot,

    /// <summary>Not any more: it gets its share again over some seconds.</summary>
    Cool,

    /// <summary>Its device's memory is nearly full: it gets no new calls while another silo can take them.</summary>
    MemoryFull,

    /// <summary>Not any more: it gets its share again over some seconds.</summary>
    MemoryFree,

    /// <summary>Silos that take calls serve different models, so the same text may get different answers.</summary>
    ModelsDiffer,

    /// <summary>Every silo that takes calls serves the same model again.</summary>
    ModelsAgree,
}

/// <summary>One entry of the cluster's timeline, with cause and evidence.</summary>
public sealed record ClusterEvent
{
    /// <summary>Growing by one within a client; a client that starts anew begins at 1 again.</summary>
    public required long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ClusterEventKind Kind { get; init; }

    /// <summary>The silo's name in the YAML, or its endpoint while it has not reported; empty where none is meant.</summary>
    public required string Silo { get; init; }

    /// <summary>Which start of that silo; 0 where unknown.</summary>
    public int BootId { get; init; }

    /// <summary>Why, in a few words: "its connection closed".</summary>
    public required string Cause { get; init; }

    /// <summary>What was seen: "no report for 612 ms; 3 calls in flight". Never any text of a caller.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>Calls in flight there when it happened.</summary>
    public int InFlight { get; init; }
}
