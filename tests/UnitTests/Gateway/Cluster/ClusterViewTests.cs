using System.Collections.Immutable;
using System.Text.Json;
using Evergrain.Client;
using Evergrain.Gateway.Cluster;
using SiloStatus = Evergrain.Client.SiloStatus;

namespace Evergrain.UnitTests.Gateway.Cluster;

public class ClusterViewTests
{
    private static readonly Dictionary<string, string> Names = new() { ["127.0.0.1:30001"] = "silo-b" };

    /// <summary>What is wrong with silo-b beside a healthy silo-a.</summary>
    public static TheoryData<string, string, string> Faults => new()
    {
        { "gone", "degraded", "silo-b is not connected" },
        { "silent", "degraded", "silo-b is connected but has not reported" },
        { "suspect", "degraded", "silo-b is suspect: no report for 612 ms" },
        { "starting", "degraded", "silo-b is starting: loads its model" },
        { "draining", "degraded", "silo-b is draining" },
        { "dead", "degraded", "silo-b was declared dead by membership and still answers" },
        { "ejected", "degraded", "silo-b is ejected for a while: too many of its attempts failed" },
        { "database", "degraded", "silo-b cannot reach the membership database, for 12 s; calls go on, nothing joins or is evicted" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Build_OneSiloAtFault_DegradedAndWhy(string fault, string state, string reason)
    {
        var answer = Build([Silo("silo-a"), Faulty(fault)]);

        Assert.Equal(state, answer.State);
        Assert.Equal([reason], answer.Reasons);
    }

    [Fact]
    public void Build_AllWell_HealthyWithoutReasons()
    {
        var answer = Build([Silo("silo-b"), Silo("silo-a")]);

        Assert.Equal("healthy", answer.State);
        Assert.Empty(answer.Reasons);
        Assert.Equal(["silo-a", "silo-b"], answer.Silos.Select(s => s.Name));
    }

    [Theory]
    [InlineData("gone", "suspect", "down")]
    [InlineData("gone", "starting", "down")]
    [InlineData("gone", "ejected", "degraded")] // the last one is asked all the same
    public void Build_NobodyFit_Down(string first, string second, string state)
        => Assert.Equal(state, Build([Faulty(first), Faulty(second)]).State);

    [Theory]
    [InlineData("ab", "ab", SiloState.Ready, false)]
    [InlineData("ab", "cd", SiloState.Ready, true)]
    [InlineData("ab", "cd", SiloState.Draining, false)] // takes no calls
    public void Build_Models_DifferWhereSilosThatTakeCallsDo(string first, string second, SiloState state, bool differ)
        => Assert.Equal(differ, Build([Serving("silo-a", first, SiloState.Ready), Serving("silo-b", second, state)]).ModelsDiffer);

    [Fact]
    public void Build_Views_UnionWithDeathsFirstSeenAnywhere()
    {
        MemberView[] seenByA = [Member("silo-a", 5, false), Member("silo-b", 3, false)];
        MemberView[] seenByB = [Member("silo-b", 3, true), Member("silo-b", 7, false)];

        var answer = Build([Silo("silo-a", seenByA), Silo("silo-c", seenByB)]);

        Assert.Equal([("silo-a", 5, false), ("silo-b", 7, false), ("silo-b", 3, true)], answer.Members.Select(m => (m.Silo, m.BootId, m.Dead)));
    }

    [Fact]
    public void Build_Picks_NewestFirstAndNoMoreThanAsked()
    {
        var picks = Enumerable.Range(1, 5).Select(i => new PickRecord { At = default, Tokens = i, Reason = "no_silo", Candidates = [] }).ToImmutableArray();

        Assert.Equal([5, 4], ClusterView.Build("gateway-a", "evergrain", [Silo("silo-a")], Names, picks, 2).RecentPicks.Select(p => p.Tokens));
    }

    [Fact]
    public void Build_Json_NamesOfTheApi()
    {
        var json = JsonSerializer.SerializeToElement(Build([Silo("silo-a") with { Lag = TimeSpan.FromMilliseconds(1.5), InFlight = 3 }]), ClusterJson.Default.ClusterAnswer);

        var silo = json.GetProperty("silos")[0];
        Assert.Equal("gateway-a", json.GetProperty("gateway").GetString());
        Assert.Equal(1.5, silo.GetProperty("lag_ms").GetDouble());
        Assert.Equal(3, silo.GetProperty("in_flight_from_this_gateway").GetInt32());
        Assert.Equal(41, silo.GetProperty("queued_tokens").GetInt64());
        Assert.Equal("abc", silo.GetProperty("model").GetProperty("hash").GetString());
        Assert.False(silo.TryGetProperty("membership_away_seconds", out _));
        Assert.Equal(JsonValueKind.Array, json.GetProperty("recent_picks").ValueKind);
    }

    private static ClusterAnswer Build(ImmutableArray<SiloStatus> silos) => ClusterView.Build("gateway-a", "evergrain", silos, Names, [], 20);

    private static SiloStatus Serving(string name, string hash, SiloState state)
    {
        var silo = Silo(name);
        return silo with { Report = silo.Report! with { State = state, Model = silo.Report!.Model with { Hash = hash } } };
    }

    private static SiloStatus Faulty(string fault)
    {
        var silo = Silo("silo-b");
        return fault switch
        {
            "gone" => silo with { Connected = false, Report = null, Name = "127.0.0.1:30001", Endpoint = "127.0.0.1:30001" },
            "silent" => silo with { Report = null },
            "suspect" => silo with { Suspect = true, ReportAge = TimeSpan.FromMilliseconds(612) },
            "starting" => silo with { Report = silo.Report! with { State = SiloState.Starting, Reason = "loads its model" } },
            "draining" => silo with { Report = silo.Report! with { State = SiloState.Draining } },
            "dead" => silo with { Report = silo.Report! with { Members = [Member("silo-b", 7, true)] } },
            "ejected" => silo with { Ejected = true },
            "database" => silo with { Report = silo.Report! with { MembershipAway = TimeSpan.FromSeconds(12) } },
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    private static SiloStatus Silo(string name, params MemberView[] members) => new()
    {
        Name = name,
        Endpoint = "127.0.0.1:30000",
        Connected = true,
        Suspect = false,
        InFlight = 0,
        Report = new LoadReport
        {
            Silo = name,
            BootId = 7,
            Sequence = 1,
            State = SiloState.Ready,
            QueuedTokens = 41,
            Model = new ModelIdentity { Name = "sentiment", Version = "1", Hash = "abc", Labels = ["negative", "positive"] },
            Members = [.. members],
        },
    };

    private static MemberView Member(string silo, int boot, bool dead) => new() { Silo = silo, BootId = boot, Host = "127.0.0.1", GatewayPort = 30000, Dead = dead };
}
