using System.Collections.Immutable;
using Evergrain.Silo.LoadReports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.LoadReports;

public class LoadReportPublisherTests
{
    private static readonly MemberView Member
        = new() { Silo = "silo-b", BootId = 1, Host = "127.0.0.1", GatewayPort = 30001, Dead = false };

    private readonly FakeTimeProvider _time = new();
    private readonly MembershipView _membership = new();
    private readonly PoisonList _poison;
    private readonly LoadReportPublisher _publisher;

    public LoadReportPublisherTests()
    {
        _membership.Update([Member]);
        _poison = new PoisonList(_time);
        _publisher = new(TestHost.Create(_time), _membership, _poison, _time, NullLogger<LoadReportPublisher>.Instance);
    }

    [Fact]
    public void Subscribe_Answers_WithTheMembership()
        => Assert.Equal([Member], _publisher.Subscribe(new Observer()).Members);

    [Fact]
    public void PushAll_AfterSubscribe_NewerReport()
    {
        var observer = new Observer();
        var answer = _publisher.Subscribe(observer);

        _publisher.PushAll();
        _publisher.PushAll();

        Assert.Equal(2, observer.Reports.Count);
        Assert.True(answer.Sequence < observer.Reports[0].Sequence);
        Assert.True(observer.Reports[0].Sequence < observer.Reports[1].Sequence);
    }

    [Fact]
    public void PushAll_TextRefused_ToldOnce()
    {
        var observer = new Observer();
        _publisher.Subscribe(observer);
        _publisher.PushAll();
        _poison.Add([new PoisonMark { Hash = "abc", TimeLeft = TimeSpan.FromMinutes(1) }]);

        _publisher.PushAll();
        _publisher.PushAll();

        Assert.Equal([0, 1, 0], observer.Reports.Select(r => r.Poison.Length));
    }

    [Fact]
    public void PushAll_SubscribedTwice_OneReport()
    {
        var observer = new Observer();
        _publisher.Subscribe(observer);
        _publisher.Subscribe(observer);

        _publisher.PushAll();

        Assert.Single(observer.Reports);
    }

    [Theory]
    [InlineData(2.9, 1)]
    [InlineData(3.1, 0)]
    public void PushAll_SecondsAfterTheLastRenewal_Forgotten(double seconds, int expected)
    {
        var observer = new Observer();
        _publisher.Subscribe(observer);
        _time.Advance(TimeSpan.FromSeconds(3));
        _publisher.Subscribe(observer);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        _publisher.PushAll();

        Assert.Equal(expected, observer.Reports.Count);
        Assert.Equal(expected, _publisher.Subscribers);
    }

    [Fact]
    public void PushAll_MembershipUnchanged_ToldFirstAndEveryTwoSeconds()
    {
        var observer = new Observer();
        for (var i = 0; i < 21; i++)
        {
            _publisher.Subscribe(observer);
            _publisher.PushAll();
            _time.Advance(TimeSpan.FromMilliseconds(200));
        }

        var told = observer.Reports.Select((report, i) => (report, i)).Where(r => r.report.Members.Length > 0).Select(r => r.i);
        Assert.Equal([0, 10, 20], told);
    }

    [Fact]
    public void PushAll_MembershipChanged_ToldAtOnce()
    {
        var observer = new Observer();
        _publisher.Subscribe(observer);
        _publisher.PushAll();
        ImmutableArray<MemberView> dead = [Member with { Dead = true }];
        _membership.Update(dead);

        _publisher.PushAll();

        Assert.Equal(dead, observer.Reports[1].Members);
    }

    [Fact]
    public void PushAll_OneObserverThrowsAndOneFails_OthersStillHear()
    {
        var observer = new Observer();
        _publisher.Subscribe(new Observer { Answer = () => throw new InvalidOperationException("gone") });
        _publisher.Subscribe(new Observer { Answer = () => Task.FromException(new InvalidOperationException("gone")) });
        _publisher.Subscribe(new Observer { Answer = () => new TaskCompletionSource().Task });
        _publisher.Subscribe(observer);

        _publisher.PushAll();

        Assert.Single(observer.Reports);
    }

    [Theory]
    [InlineData(0, 180)]
    [InlineData(0.5, 200)]
    [InlineData(1, 220)]
    public void Jitter_TenPercent(double random, double milliseconds)
        => Assert.Equal(milliseconds, ReportPump.Jitter(TimeSpan.FromMilliseconds(200), random).TotalMilliseconds, 3);

    private sealed class Observer : ILoadReportObserver
    {
        public List<LoadReport> Reports { get; } = [];

        public Func<Task> Answer { get; init; } = () => Task.CompletedTask;

        public Task ReportAsync(LoadReport report)
        {
            Reports.Add(report);
            return Answer();
        }
    }
}
