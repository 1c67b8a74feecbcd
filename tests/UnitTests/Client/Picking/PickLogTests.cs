using System.Collections.Immutable;
using Evergrain.Client;
using Evergrain.Client.Channels;
using Evergrain.Client.Picking;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Picking;

public class PickLogTests
{
    private static readonly ImmutableArray<ISiloChannel> Channels = [new FakeChannel("silo-a"), new FakeChannel("silo-b")];

    private readonly FakeTimeProvider _time = new();
    private readonly PickLog _log;

    public PickLogTests() => _log = new PickLog(_time, 4096);

    private static Candidate Good { get; } = new() { Connected = true, State = SiloState.Ready, DrainRate = 1000 };

    [Fact]
    public void Recent_OnePick_WhatWasKnownOfEachSilo()
    {
        var at = _time.GetUtcNow();
        Add([Good with { QueuedTokens = 400 }, Good with { QueuedTokens = 7000 }], new Pick(0, PickReason.EarliestFinish, 0), tokens: 100);
        _time.Advance(TimeSpan.FromSeconds(3));
        var record = Assert.Single(_log.Recent);
        Assert.Equal((at, 100, "silo-a", "earliest_finish", false), (record.At, record.Tokens, record.Silo, record.Reason, record.Hedge));
        Assert.Equal(
            [
                new PickCandidate { Silo = "silo-a", State = "eligible", PredictedFinish = TimeSpan.FromSeconds(0.5), Hot = false },
                new PickCandidate { Silo = "silo-b", State = "eligible", PredictedFinish = TimeSpan.FromSeconds(7.1), Hot = true },
            ],
            record.Candidates);
    }

    public static TheoryData<string> States =>
    [
        "not_connected", "declared_dead", "starting", "draining", "failed", "suspect", "ejected", "memory_full", "tried", "slow_start", "eligible",
    ];

    [Theory]
    [MemberData(nameof(States))]
    public void Recent_CandidateState_IsNamed(string state)
    {
        var silo = state switch
        {
            "not_connected" => default,
            "declared_dead" => Good with { DeclaredDead = true },
            "starting" => Good with { State = SiloState.Starting },
            "draining" => Good with { State = SiloState.Draining },
            "failed" => Good with { State = SiloState.Failed },
            "suspect" => Good with { Suspect = true },
            "ejected" => Good with { Ejected = true },
            "memory_full" => Good with { MemoryFull = true },
            "tried" => Good with { Tried = true },
            "slow_start" => Good with { Warmth = 0.2 },
            _ => Good,
        };
        Add([silo, Good], new Pick(1, PickReason.Tie, WarmthLine: 0.3));
        Assert.Equal([state, "eligible"], Assert.Single(_log.Recent).Candidates.Select(c => c.State));
    }

    [Theory]
    [InlineData(nameof(PickReason.NoSilo), "no_silo")]
    [InlineData(nameof(PickReason.EarliestFinish), "earliest_finish")]
    [InlineData(nameof(PickReason.Tie), "tie")]
    [InlineData(nameof(PickReason.FewestQueued), "fewest_queued")]
    [InlineData(nameof(PickReason.FailOpen), "fail_open")]
    public void Name_Reason_AsInTheApi(string reason, string name) => Assert.Equal(name, PickLog.Name(Enum.Parse<PickReason>(reason)));

    [Fact]
    public void Recent_NobodyPicked_NoSilo()
    {
        Add([default, default], new Pick(-1, PickReason.NoSilo, 0), hedge: true);
        var record = Assert.Single(_log.Recent);
        Assert.Equal((null, "no_silo", true), (record.Silo, record.Reason, record.Hedge));
        Assert.All(record.Candidates, c => Assert.Equal(TimeSpan.Zero, c.PredictedFinish));
    }

    [Fact]
    public void Recent_MoreThanAreKept_TheLastOnesOldestFirst()
    {
        for (var i = 1; i <= 150; i++) Add([Good, Good], new Pick(0, PickReason.Tie, 0), tokens: i);
        Assert.Equal(Enumerable.Range(87, 64).Select(i => (long)i), _log.Recent.Select(r => r.Tokens));
    }

    [Fact]
    public void Recent_FewerSilosThanBefore_OnlyThose()
    {
        for (var i = 0; i < 64; i++) Add([Good, Good], new Pick(1, PickReason.Tie, 0));
        _log.Add([Channels[0]], [Good], new Pick(0, PickReason.EarliestFinish, 0), 1, hedge: false, _time.GetTimestamp());
        Assert.Single(_log.Recent[^1].Candidates);
        Assert.Equal("silo-a", _log.Recent[^1].Silo);
    }

    private void Add(ReadOnlySpan<Candidate> candidates, Pick pick, long tokens = 10, bool hedge = false)
        => _log.Add(Channels, candidates, pick, tokens, hedge, _time.GetTimestamp());
}
