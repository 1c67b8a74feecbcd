using Evergrain.Silo.Membership;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Membership;

public class MembershipHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _log = [];
    private readonly MembershipHealth _health;

    public MembershipHealthTests() => _health = new(_time, new ListLogger(_log));

    [Fact]
    public void Away_NeverAsked_Null() => Assert.Null(_health.Away);

    [Fact]
    public async Task Away_FailuresInARow_CountedFromTheFirst()
    {
        await FailAsync("refused");
        _time.Advance(TimeSpan.FromSeconds(3));
        await FailAsync("refused\nhint: start it");
        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(TimeSpan.FromSeconds(34), _health.Away);
        Assert.Equal("refused", _health.Error);
    }

    [Fact]
    public async Task Away_AnsweredAfterAFailure_Null()
    {
        await FailAsync("refused");
        _time.Advance(TimeSpan.FromSeconds(3));
        await AnswerAsync();

        Assert.Null(_health.Away);
        Assert.Null(_health.Error);
    }

    [Fact]
    public async Task Away_QuestionFromBeforeTheLastAnswerFailsAfterIt_DoesNotCount()
    {
        var hanging = new TaskCompletionSource<int>();
        var hung = _health.ObserveAsync(() => hanging.Task, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await AnswerAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        hanging.SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => hung);

        Assert.Null(_health.Away);
    }

    [Fact]
    public async Task Away_WeGaveUpOurselves_DoesNotCount()
    {
        var stopping = new CancellationToken(canceled: true);

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => _health.ObserveAsync<int>(() => throw new OperationCanceledException(stopping), stopping));

        Assert.Null(_health.Away);
    }

    [Fact]
    public async Task Observe_LossAndReturn_OneLineEach()
    {
        await FailAsync("refused");
        await FailAsync("refused");
        _time.Advance(TimeSpan.FromSeconds(12));
        await AnswerAsync();
        await AnswerAsync();

        Assert.Equal(
            [
                "Warning: The membership database is away (refused): calls go on, nothing joins or is evicted until it is back",
                "Information: The membership database answers again after 12.0 s",
            ],
            _log);
    }

    private Task<InvalidOperationException> FailAsync(string message)
        => Assert.ThrowsAsync<InvalidOperationException>(
            () => _health.ObserveAsync<int>(() => throw new InvalidOperationException(message), CancellationToken.None));

    private Task<bool> AnswerAsync() => _health.ObserveAsync(() => Task.FromResult(true), CancellationToken.None);

    private sealed class ListLogger(List<string> lines) : ILogger<MembershipHealth>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
