using Evergrain.Client.Dispatching;

namespace Evergrain.UnitTests.Client.Dispatching;

public class DispatchResultTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(ErrorCode.NotReady, ErrorCode.NoSilo, 1)] // says nothing to a caller: there is just no silo
    [InlineData(ErrorCode.Overloaded, ErrorCode.Overloaded, 7)]
    [InlineData(ErrorCode.TooLarge, ErrorCode.TooLarge, 7)]
    public void Refused_Code_ErrorAndRetryAfter(ErrorCode refused, ErrorCode error, int retryAfter)
    {
        var refusal = new Refusal { Code = refused, Detail = "why", RetryAfter = TimeSpan.FromSeconds(7) };
        var result = DispatchResult.Refused(refusal, 2);
        Assert.Equal((error, TimeSpan.FromSeconds(retryAfter), 2), (result.Error, result.RetryAfter, result.Attempts));
        Assert.Equal(error == refused, result.Detail == "why");
    }

    [Theory]
    [InlineData(nameof(AttemptOutcome.Late), ErrorCode.DeadlineExceeded)]
    [InlineData(nameof(AttemptOutcome.Failed), ErrorCode.NoSilo)]
    public void Failed_Outcome_Error(string outcome, ErrorCode error)
    {
        var result = DispatchResult.Failed(Enum.Parse<AttemptOutcome>(outcome), 3);
        Assert.Equal((error, Second, 3), (result.Error, result.RetryAfter, result.Attempts));
    }

    [Fact]
    public void Late_SaysHowMuchTimeTheCallHad()
    {
        var result = DispatchResult.Late(TimeSpan.FromSeconds(5), 1);
        Assert.Equal((ErrorCode.DeadlineExceeded, "Not answered within 5000 ms.", null), (result.Error, result.Detail, result.RetryAfter));
    }

    [Fact]
    public void Poison_SaysForHowLong()
    {
        var result = DispatchResult.Poison(2);
        Assert.Equal((ErrorCode.SuspectedPoison, 2), (result.Error, result.Attempts));
        Assert.Contains("10 minutes", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, ErrorCode.NoSilo)]
    [InlineData(null, ErrorCode.Overloaded, ErrorCode.Overloaded)]
    [InlineData(nameof(AttemptOutcome.Late), ErrorCode.Overloaded, ErrorCode.DeadlineExceeded)] // a failure says more than a refusal
    [InlineData(nameof(AttemptOutcome.Failed), null, ErrorCode.NoSilo)]
    public void Verdict_FailureAndRefusal_WhatTheCallerIsTold(string? failure, ErrorCode? refusal, ErrorCode error)
    {
        var call = new Call(new PredictRequest { Texts = ["好"], TimeLeft = Second }, 3, TimeProvider.System)
        {
            LastFailure = failure is null ? null : Enum.Parse<AttemptOutcome>(failure),
            LastRefusal = refusal is { } code ? new Refusal { Code = code, Detail = "why" } : null,
        };
        Assert.Equal(error, call.Verdict().Error);
    }
}
