using System.Collections.Immutable;
using Evergrain.Cli.Drill.Clusters;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill;

/// <summary>What the cluster's processes and their supervisor hold, looked at again and again while a scenario runs.</summary>
internal sealed class ResourceLog : IAsyncDisposable
{
    /// <summary>A pool of threads grows and shrinks by a few as work comes and goes.</summary>
    private const double Breath = 4;

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
        RequireFlat(new("线程", "threads"), earlier, later, factor, h => h.Threads, n => $"{n:0}", Breath);
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
        Bilingual what, (TimeSpan From, TimeSpan Until) earlier, (TimeSpan From, TimeSpan Until) later, double factor, Func<ProcessResources, double> of, Func<double, string> text,
        double more = 0)
    {
        var (before, after) = (Medians(Looks, earlier.From, earlier.Until), Medians(Looks, later.From, later.Until));
        var names = before.Keys.Intersect(after.Keys).Order(StringComparer.Ordinal).ToList();
        var worst = names.Select(name => Growth(of(before[name]), of(after[name]), more)).DefaultIfEmpty(double.PositiveInfinity).Max();
        _run.Require(what, more > 0 ? $"≤ {factor:0.##} × or + {more:0}" : $"≤ {factor:0.##} ×", string.Join(", ", names.Select(name => $"{name} {text(of(before[name]))} → {text(of(after[name]))}")), worst <= factor);
    }

    private static double Growth(double before, double after, double more) => after <= before + more ? Math.Min(1, after / before) : after / before;

    private async Task LookOnAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var now = _run.Clock.Now;
            var processes = await _run.Cluster.ProcessesAsync(CancellationToken.None);
            foreach (var (name, pid) in processes.Select(p => (p.Name, p.Pid)).Concat(_run.Cluster.Ups.Select(up => ("up", (int?)up.Pid))))
            {
                if (pid is not { } running || ProcessFacts.Resources(running) is not { } holds)
                    continue;
                lock (_lock)
                    _looks.Add(new Look(now, name, running, holds));
            }

            await Task.Delay(_interval, _run.Clock.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
