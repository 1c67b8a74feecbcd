using System.Collections.Immutable;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Load;

/// <summary>How a kind of caller behaves: what it knows and how long it waits.</summary>
/// <param name="Key">"one-URL", "two-URL".</param>
/// <param name="Name">The same for people.</param>
/// <param name="Addresses">Asked one after the other until one answers; callers of a kind begin at different ones.</param>
/// <param name="Attempt">Time for one address, where another is left.</param>
/// <param name="InAll">Time for all of them.</param>
internal sealed record CallerKind(string Key, Bilingual Name, ImmutableArray<Uri> Addresses, TimeSpan Attempt, TimeSpan InAll)
{
    public const string OneUrlKey = "one-URL";
    public const string TwoUrlKey = "two-URL";
    public const string VanishingKey = "vanishing";

    /// <summary>What is called.</summary>
    public string Path { get; init; } = "/predict";

    /// <summary>X-Request-Timeout, where it is sent.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Sent with every request; null: none is asked for.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Set for callers that close their connection after this long without an answer; they are not judged.</summary>
    public TimeSpan? HangUpAfter { get; init; }

    /// <summary>Knows the shared address only; gives up 1 s after the service's own deadline.</summary>
    public static CallerKind OneUrl(Uri address)
        => new(OneUrlKey, new("单地址调用方", "one-URL callers"), [address], TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6));

    /// <summary>Knows each gateway's own address: 2 s an attempt, then the other, 5 s in all.</summary>
    public static CallerKind TwoUrl(ImmutableArray<Uri> addresses)
        => new(TwoUrlKey, new("双地址调用方", "two-URL callers"), addresses, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));

    /// <summary>Hangs up after <paramref name="after"/>, whatever becomes of its request.</summary>
    public static CallerKind Vanishing(Uri address, TimeSpan after)
        => new(VanishingKey, new("中途挂断的调用方", "callers that hang up"), [address], after, after) { HangUpAfter = after };
}
