using Evergrain.Client.Channels;
using Evergrain.Client.Picking;
using Evergrain.UnitTests.Client.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Client.Picking;

/// <summary>Where new calls go while a silo's device is busy or full: from its reports to the pick, five reports and two readings a second.</summary>
public class HotSiloTests
{
    private const int CallsPerReport = 40;

    private readonly FakeTimeProvider _time = new();
    private readonly Random _random = new(3);
    private readonly Silo[] _silos;

    public HotSiloTests()
    {
        _silos = [new Silo("silo-a", _time), new Silo("silo-b", _time)];
        // Warm from here on.
        Run(TimeSpan.FromSeconds(11));
    }

    [Fact]
    public void Choose_OneReports80PercentFor20Seconds_LeftWithinASecondAndBackGradually()
    {
        Assert.InRange(Run(TimeSpan.FromSeconds(2)), 0.4, 0.6);

        _silos[0].Load = 0.80;
        Run(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Run(TimeSpan.FromSeconds(19)));

        _silos[0].Load = 0.30;
        Run(TimeSpan.FromSeconds(1)); // until the next reading
        double[] shares = [.. Enumerable.Range(0, 5).Select(_ => Run(TimeSpan.FromSeconds(2)))];
        Assert.InRange(shares[0], 0.01, 0.2);
        for (var i = 1; i < shares.Length; i++) Assert.True(shares[i] > shares[i - 1] - 0.04, string.Join(' ', shares));
        Assert.InRange(shares[2], 0.2, 0.4);
        Assert.InRange(Run(TimeSpan.FromSeconds(5)), 0.45, 0.55);
    }

    [Fact]
    public void Choose_BothReportOver75Percent_SharesStayEven()
    {
        (_silos[0].Load, _silos[1].Load) = (0.90, 0.80);
        Run(TimeSpan.FromSeconds(1));
        Assert.InRange(Run(TimeSpan.FromSeconds(10)), 0.45, 0.55);
    }

    /// <summary>Two readings are never of the same moment: for half a second the first looks like the only one.</summary>
    [Fact]
    public void Choose_BothBecomeBusyOneAfterTheOther_SharesEvenAtOnce()
    {
        _silos[0].Load = 0.90;
        Run(TimeSpan.FromSeconds(0.6));
        Assert.Equal(1, _silos[0].Changes);
        _silos[1].Load = 0.90;
        Run(TimeSpan.FromSeconds(0.6));
        Assert.Equal(2, _silos[0].Changes);
        Assert.InRange(Run(TimeSpan.FromSeconds(2)), 0.4, 0.6);
    }

    /// <summary>Whoever took the other's calls would be the next to be too busy.</summary>
    [Fact]
    public void Choose_BothBusyWithTheirOwnCallsAroundTheThreshold_NothingSwings()
    {
        for (var i = 0; i < 20; i++)
        {
            (_silos[0].Load, _silos[1].Load) = i % 2 == 0 ? (0.78, 0.60) : (0.60, 0.78);
            (_silos[0].Own, _silos[1].Own) = (_silos[0].Load, _silos[1].Load);
            Run(TimeSpan.FromSeconds(1));
        }

        Assert.All(_silos, silo => Assert.Equal(0, silo.Changes));
        Assert.InRange(Run(TimeSpan.FromSeconds(4)), 0.4, 0.6);
    }

    [Fact]
    public void Choose_SweepUpAndDown_TwoChanges()
    {
        for (var load = 60; load <= 90; load += 5) Sweep(load);
        for (var load = 90; load >= 60; load -= 5) Sweep(load);
        Assert.Equal(2, _silos[0].Changes);

        void Sweep(int percent)
        {
            _silos[0].Load = percent / 100.0;
            Run(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Choose_86PercentMemory_NoneAfterThreeReadings()
    {
        _silos[0].Memory = 0.86;
        Run(TimeSpan.FromSeconds(2));
        Assert.Equal(0, Run(TimeSpan.FromSeconds(10)));
        _silos[0].Memory = 0.70;
        Run(TimeSpan.FromSeconds(1));
        Assert.InRange(Run(TimeSpan.FromSeconds(2)), 0.01, 0.25);
    }

    [Fact]
    public void Choose_TheOnlySiloLeftIsHotAndFull_ItGetsAll()
    {
        (_silos[0].Load, _silos[0].Memory, _silos[1].Connected) = (0.95, 0.95, false);
        Run(TimeSpan.FromSeconds(3));
        Assert.True(_silos[0].Candidate is { Diverted: false, MemoryFull: true });
        Assert.Equal(1, Run(TimeSpan.FromSeconds(5)));
    }

    /// <returns>The first silo's share of the calls.</returns>
    private double Run(TimeSpan span)
    {
        var (first, all) = (0, 0);
        for (var i = 0; i < span.TotalMilliseconds / 200; i++)
        {
            foreach (var silo in _silos) silo.Report();
            var diverted = Diversion.Of([.. _silos.Select(s => s.Seen)]);
            foreach (var (index, silo) in _silos.Index()) silo.SetDiverted(diverted[index]);
            for (var call = 0; call < CallsPerReport; call++, all++)
            {
                Candidate[] candidates = [.. _silos.Select(s => s.Candidate)];
                var pick = PickPolicy.Choose(candidates, tokens: 40, batchTokens: 4096, _random);
                Assert.True(pick.Index >= 0);
                if (pick.Index == 0) first++;
            }

            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        return (double)first / all;
    }

    /// <summary>Takes reports as a channel does.</summary>
    private sealed class Silo(string name, FakeTimeProvider time)
    {
        private readonly SlowStart _slowStart = new(time);
        private readonly long _started = time.GetTimestamp();
        private ReportState? _state;
        private long _sequence;
        private bool _diverted;

        /// <summary>How often calls were kept away, or were so no more.</summary>
        public int Changes { get; private set; }

        /// <summary>The part of <see cref="Load"/> that goes with its calls.</summary>
        public double Own { get; set; }

        public SiloLoad Seen => new(PickPolicy.IsEligible(Candidate), _state!.Gates.LoadHigh, _state.Report.DeviceLoad, _state.Report.OwnLoad, _state.Report.DrainRate);

        public double Load { get; set; } = 0.30;

        public double Memory { get; set; } = 0.20;

        public bool Connected { get; set; } = true;

        public Candidate Candidate => new()
        {
            Connected = Connected,
            State = SiloState.Ready,
            MemoryFull = _state!.Gates.MemoryFull,
            Diverted = _diverted,
            DrainRate = _state.Report.DrainRate,
            Warmth = _slowStart.At(time.GetTimestamp()),
        };

        public void Report()
        {
            var reading = 1 + (long)(time.GetElapsedTime(_started) / TimeSpan.FromMilliseconds(500));
            var known = _state?.Report;
            var report = ReportStateTests.Report(1, ++_sequence) with { Silo = name, DeviceSample = reading, DeviceLoad = Load, OwnLoad = Own, DeviceMemory = Memory };
            if (known?.DeviceSample == reading) report = report with { DeviceLoad = known.DeviceLoad, DeviceMemory = known.DeviceMemory };
            _state = ReportState.Next(_state, report, time.GetTimestamp())!;
            _slowStart.Follow(Candidate);
        }

        public void SetDiverted(bool diverted)
        {
            if (_diverted == diverted) return;
            _diverted = diverted;
            Changes++;
            _slowStart.Follow(Candidate, anew: Diversion.EndsGradually(diverted, _state!.Gates));
        }
    }
}
