using System.Collections.Immutable;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>What the cluster's silos and gateways hold, looked at again and again while a scenario runs.</summary>
internal sealed class ResourceLog : IAsyncDisposable
{
    private readonly ScenarioRun _run;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Look> _looks = [];
    private readonly Lock _lock = new();
    private readonly Task _loop;

    private ResourceLog(ScenarioRun run, TimeSpan interval)
    {
        (_run, _interval) = (run, interval);
        _loop = Task.Run(LookOnAsync);
    }

    /// <summary>One look at one process.</summary>
    internal readonly record struct Look(TimeSpan At, string Name, int Pid, ProcessResources Holds);

    public IReadOnlyList<Look> Looks
    {
        get
        {
            lock (_lock)
                return [.. _looks];
        }
    }

    /// <summary>Looks from now on.</summary>
    public static ResourceLog Start(ScenarioRun run, TimeSpan interval) => new(run, interval);

    /// <summary>Medians of each process over a part of the scenario, by its name; a process that was replaced within it is left out.</summary>
    public static ImmutableSortedDictionary<string, ProcessResources> Medians(IEnumerable<Look> looks, TimeSpan from, TimeSpan until)
        => looks.Where(l => l.At >= from && l.At < until).GroupBy(l => l.Name).Where(own => own.DistinctBy(l => l.Pid).Count() == 1)
            .ToImmutableSortedDictionary(own => own.Key, own => new ProcessResources(
                Median(own, l => l.Holds.ResidentBytes), (int)Median(own, l => l.Holds.Handles), (int)Median(own, l => l.Holds.Threads)));

    /// <summary>Requires that no process holds more memory in the later part than <paramref name="factor"/> times what it held in the earlier one.</summary>
    public void RequireFlatMemory(Bilingual what, (TimeSpan From, TimeSpan Until) earlier, (TimeSpan From, TimeSpan Until) later, double factor)
        => RequireFlat(what, earlier, later, factor, h => h.ResidentBytes, bytes => $"{bytes / (1 << 20):0} MiB");

    /// <summary>The same for memory, handles and threads.</summary>
    public void RequireFlat((TimeSpan From, TimeSpan Until) earlier, (TimeSpan From, TimeSpan Until) later, double factor)
    {
        RequireFlatMemory(new("常驻内存", "resident memory"), earlier, later, factor);
        RequireFlat(new("句柄", "handles"), earlier, later, factor, h => h.Handles, n => $"{n:0}");
        RequireFlat(new("线程", "threads"), earlier, later, factor, h => h.Threads, n => $"{n:0}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private static long Median(IEnumerable<Look> looks, Func<Look, long> of)
    {
        var sorted = looks.Select(of).Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private void RequireFlat(
        Bilingual what, (TimeSpan From, TimeSpan Until) earlier, (TimeSpan From, TimeSpan Until) later, double factor, Func<ProcessResources, double> of, Func<double, string> text)
    {
        var (before, after) = (Medians(Looks, earlier.From, earlier.Until), Medians(Looks, later.From, later.Until));
        var names = before.Keys.Intersect(after.Keys).Order(StringComparer.Ordinal).ToList();
        var worst = names.Select(name => of(after[name]) / of(before[name])).DefaultIfEmpty(double.PositiveInfinity).Max();
        _run.Require(what, $"≤ {factor:0.##} ×", string.Join(", ", names.Select(name => $"{name} {text(of(before[name]))} → {text(of(after[name]))}")), worst <= factor);
    }

    private async Task LookOnAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var now = _run.Clock.Now;
            foreach (var process in await _run.Cluster.ProcessesAsync(CancellationToken.None))
            {
                if (process.Pid is not { } pid || ProcessFacts.Resources(pid) is not { } holds)
                    continue;
                lock (_lock)
                    _looks.Add(new Look(now, process.Name, pid, holds));
            }

            await Task.Delay(_interval, _run.Clock.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
