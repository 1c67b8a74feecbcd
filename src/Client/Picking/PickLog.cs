using System.Collections.Immutable;
using Evergrain.Client.Channels;

namespace Evergrain.Client.Picking;

/// <summary>
/// The last decisions, for people who ask why a call went where it went. A ring whose entries are written over: once it has gone round it
/// allocates nothing.
/// </summary>
internal sealed class PickLog(TimeProvider time, int batchTokens)
{
    private const int Kept = 64;

    private readonly Lock _lock = new();
    private readonly Entry[] _entries = [.. Enumerable.Range(0, Kept).Select(_ => new Entry())];
    private long _count;

    /// <summary>Oldest first.</summary>
    public ImmutableArray<PickRecord> Recent
    {
        get
        {
            var (now, utc) = (time.GetTimestamp(), time.GetUtcNow());
            lock (_lock)
            {
                var first = Math.Max(0, _count - Kept);
                return [.. Enumerable.Range(0, (int)(_count - first)).Select(i => Describe(_entries[(first + i) % Kept], now, utc))];
            }
        }
    }

    public void Add(ImmutableArray<ISiloChannel> channels, ReadOnlySpan<Candidate> candidates, in Pick pick, long tokens, bool hedge, long now)
    {
        lock (_lock)
        {
            var entry = _entries[_count++ % Kept];
            if (entry.Candidates.Length < candidates.Length) entry.Candidates = new Candidate[candidates.Length];
            candidates.CopyTo(entry.Candidates);
            (entry.Channels, entry.Pick, entry.Tokens, entry.Hedge, entry.At) = (channels, pick, tokens, hedge, now);
        }
    }

    /// <summary>Constant strings: they are labels of a metric too.</summary>
    public static string Name(PickReason reason) => reason switch
    {
        PickReason.EarliestFinish => "earliest_finish",
        PickReason.Tie => "tie",
        PickReason.FewestQueued => "fewest_queued",
        PickReason.FailOpen => "fail_open",
        _ => "no_silo",
    };

    private PickRecord Describe(Entry entry, long now, DateTimeOffset utc)
    {
        var candidates = entry.Candidates[..entry.Channels.Length];
        return new PickRecord
        {
            At = utc - time.GetElapsedTime(entry.At, now),
            Tokens = entry.Tokens,
            Silo = entry.Pick.Index < 0 ? null : entry.Channels[entry.Pick.Index].Name,
            Reason = Name(entry.Pick.Reason),
            Hedge = entry.Hedge,
            Candidates = [.. candidates.Select((c, i) => new PickCandidate
            {
                Silo = entry.Channels[i].Name,
                State = StateOf(c, entry.Pick.WarmthLine),
                PredictedFinish = c.DrainRate > 0 ? TimeSpan.FromSeconds(c.PredictSeconds(entry.Tokens)) : TimeSpan.Zero,
                Hot = PickPolicy.IsHot(c, batchTokens),
            })],
        };
    }

    private static string StateOf(in Candidate c, double warmthLine) => c switch
    {
        { Connected: false } => "not_connected",
        { DeclaredDead: true } => "declared_dead",
        { State: SiloState.Starting } => "starting",
        { State: SiloState.Draining } => "draining",
        { State: SiloState.Failed } => "failed",
        { Suspect: true } => "suspect",
        { Ejected: true } => "ejected",
        { MemoryFull: true } => "memory_full",
        { Tried: true } => "tried",
        { OtherModel: true } => "other_model",
        _ => c.Warmth < warmthLine ? "slow_start" : "eligible",
    };

    private sealed class Entry
    {
        public ImmutableArray<ISiloChannel> Channels { get; set; } = [];

        public Candidate[] Candidates { get; set; } = [];

        public Pick Pick { get; set; }

        public long Tokens { get; set; }

        public bool Hedge { get; set; }

        public long At { get; set; }
    }
}
