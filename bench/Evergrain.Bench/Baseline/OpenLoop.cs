using System.Collections.Immutable;
using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Load;

namespace Evergrain.Bench.Baseline;

/// <summary>What came of a rate for a while. Latency counts from when a request was due.</summary>
internal sealed record Trial(int Requests, int Failed, double P50, double P99, double Longest)
{
    public static Trial Of(IReadOnlyList<Sample> samples)
        => new(samples.Count, samples.Count(s => s.Failure is not null), Figures.Quantile(samples, 0.5), Figures.Quantile(samples, 0.99), Figures.Quantile(samples, 1));
}

/// <summary>Poisson arrivals at an address, whatever becomes of the requests before.</summary>
internal sealed class OpenLoop(ImmutableArray<string> texts)
{
    /// <summary>Fewer say nothing of one in a hundred.</summary>
    private const int LeastRequests = 10;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly ScenarioClock _clock = new(TimeProvider.System);
    private readonly ImmutableArray<byte[]> _bodies = [.. texts.Select(LoadGenerator.Body)];

    /// <summary>The least capacity that trials of this length can find, requests per second.</summary>
    public static double LeastRate(TimeSpan length) => LeastRequests / length.TotalSeconds;

    /// <summary>Requests at a rate for a time; what comes in its first second, which opens connections, does not count.</summary>
    public async Task<IReadOnlyList<Sample>> SamplesAsync(Uri address, double perSecond, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var load = Start(address, perSecond);
        await _clock.DelayAsync(Settle, cancellationToken);
        var from = _clock.Now;
        await _clock.DelayAsync(length, cancellationToken);
        return [.. (await load.StopAsync()).Where(s => s.Due >= from)];
    }

    /// <summary>Requests at a rate while a fault happens, and for a time after it.</summary>
    public async Task<Trial> FaultAsync(Uri address, double perSecond, Func<Task> fault, TimeSpan after, CancellationToken cancellationToken)
    {
        await using var load = Start(address, perSecond);
        await _clock.DelayAsync(Settle, cancellationToken);
        await fault();
        await _clock.DelayAsync(after, cancellationToken);
        return Trial.Of(await load.StopAsync());
    }

    /// <summary>The highest rate at which nothing fails and the 99th percentile is kept, to within a few per cent.</summary>
    /// <param name="address">Asked.</param>
    /// <param name="limit">Of the 99th percentile.</param>
    /// <param name="length">Of each trial.</param>
    /// <param name="steps">Trials.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>0 where no rate is low enough, or only rates of fewer than ten requests in a trial.</returns>
    public async Task<double> CapacityAsync(Uri address, TimeSpan limit, TimeSpan length, int steps, CancellationToken cancellationToken)
    {
        var (low, high) = (0.0, await FullSpeedAsync(address, cancellationToken));
        for (var step = 0; step < steps && high > 0; step++)
        {
            var rate = step == 0 ? 0.7 * high : low == 0 ? high / 3 : (low + high) / 2;
            var trial = Trial.Of(await SamplesAsync(address, rate, length, cancellationToken));
            if (trial.Requests >= LeastRequests && trial.Failed == 0 && trial.P99 <= limit.TotalMilliseconds)
                low = rate;
            else
                high = rate;
        }

        return low;
    }

    /// <summary>Answers a second to callers who ask again at once: no open loop can be served faster. Where 32 callers at a time wait longer than any of them
    /// would, so that none is answered, fewer ask.</summary>
    /// <returns>0 where even two callers are not answered.</returns>
    public async Task<double> FullSpeedAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var callers = 32; ; callers /= 4)
        {
            var rate = await ClosedLoopAsync(address, callers, cancellationToken);
            if (rate > 0 || callers < 4) return rate;
        }
    }

    private async Task<double> ClosedLoopAsync(Uri address, int callers, CancellationToken cancellationToken)
    {
        var (length, warm) = (TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(6));
        var (start, answered) = (_clock.Now, 0);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async number =>
        {
            using var caller = new Caller(CallerKind.OneUrl(address), number, connect: null, _clock);
            for (var text = number; _clock.Now - start < length; text += callers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var sample = await caller.AskAsync(_clock.Now, text % _bodies.Length, _bodies[text % _bodies.Length]);
                if (sample.Answered && _clock.Now - start > warm) Interlocked.Increment(ref answered);
            }
        }));
        return answered / (length - warm).TotalSeconds;
    }

    private LoadGenerator Start(Uri address, double perSecond)
        => LoadGenerator.Start(new LoadOptions { PerSecond = perSecond, Kinds = [CallerKind.OneUrl(address)], Bodies = _bodies }, _clock);
}
