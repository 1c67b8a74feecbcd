using System.Collections.Immutable;
using System.Globalization;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>The times of a rolling restart. Tests shorten them.</summary>
internal sealed record RollingOptions
{
    /// <summary>For one process to serve again: a silo loads its model and answers its known answers.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a ready silo may go without a call from a gateway: one that is idle, or slower than its neighbour, may get
    /// none at all. Longer than a channel needs to connect and make its first calls.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>What a rolling restart asks of a cluster.</summary>
internal interface IRollingCluster
{
    ImmutableArray<RunningProcesses.Entry> All { get; }

    /// <exception cref="UserException">It cannot be restarted; says why.</exception>
    Task RestartAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken);

    /// <summary>Why it does not serve: a silo or a web page that is not ready, or a gateway that answers no prediction; null where it serves.</summary>
    Task<string?> ProblemAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken);

    /// <summary>Whether every gateway has had an answer from that silo since its restart.</summary>
    bool IsUsedByAll(RunningProcesses.Entry silo);
}

/// <summary>Restarts processes one at a time, so that the others carry the load; stops at the first that does not come back.</summary>
internal sealed class RollingRestart(IRollingCluster cluster, RollingOptions options, TextWriter output, TimeProvider time)
{
    private static readonly string[] Order = [ChildSpec.Silo, ChildSpec.Gateway, ChildSpec.WebUi];

    /// <exception cref="UserException">Something does not serve; the rest is untouched.</exception>
    public async Task RunAsync(ImmutableArray<RunningProcesses.Entry> chosen, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        ImmutableArray<RunningProcesses.Entry> order = [.. chosen.OrderBy(e => Array.IndexOf(Order, e.Kind))];
        for (var i = 0; i < order.Length; i++)
        {
            var rest = order[i..];
            await RequireOthersAsync(order[i], rest, cancellationToken);
            await output.WriteLineAsync($"{At(began)}  {order[i].Name}: restarting ({i + 1} of {order.Length})");
            var started = time.GetTimestamp();
            await cluster.RestartAsync(order[i], cancellationToken);
            await ServesAsync(order[i], rest[1..], started, cancellationToken);
            await output.WriteLineAsync($"{At(began)}  {order[i].Name}: serves again after {Seconds(started)} s");
        }

        await output.WriteLineAsync($"{At(began)}  done: {order.Length} restarted");
    }

    /// <summary>Whoever carries the load meanwhile must be there.</summary>
    private async Task RequireOthersAsync(
        RunningProcesses.Entry next, ImmutableArray<RunningProcesses.Entry> rest, CancellationToken cancellationToken)
    {
        foreach (var other in cluster.All.Where(e => e != next && e.Kind == next.Kind))
        {
            if (await cluster.ProblemAsync(other, cancellationToken) is { } problem)
                throw new UserException($"{problem}: {next.Name} must go on serving; untouched: {Names(rest)}");
        }
    }

    private async Task ServesAsync(
        RunningProcesses.Entry entry, ImmutableArray<RunningProcesses.Entry> rest, long started, CancellationToken cancellationToken)
    {
        long? servesSince = null;
        while (true)
        {
            var problem = await FirstProblemAsync(entry, cancellationToken);
            servesSince = problem is not null ? null : servesSince ?? time.GetTimestamp();
            if (servesSince is { } since
                && (entry.Kind != ChildSpec.Silo || cluster.IsUsedByAll(entry) || time.GetElapsedTime(since) >= options.Settle))
                return;
            if (problem is not null && time.GetElapsedTime(started) >= options.Limit)
            {
                var limit = Durations.Format(options.Limit);
                throw new UserException($"{entry.Name} does not serve within {limit} of its restart: {problem}; untouched: {Names(rest)}");
            }

            await Task.Delay(options.Poll, time, cancellationToken);
        }
    }

    /// <summary>A gateway must serve; after a silo's restart, the silo and every gateway.</summary>
    private async Task<string?> FirstProblemAsync(RunningProcesses.Entry entry, CancellationToken cancellationToken)
    {
        var asked = entry.Kind == ChildSpec.Silo ? cluster.All.Where(e => e.Kind == ChildSpec.Gateway).Prepend(entry) : [entry];
        foreach (var one in asked)
        {
            if (await cluster.ProblemAsync(one, cancellationToken) is { } problem) return problem;
        }

        return null;
    }

    private string At(long began) => time.GetElapsedTime(began).ToString(@"mm\:ss", CultureInfo.InvariantCulture);

    private string Seconds(long since) => time.GetElapsedTime(since).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Names(ImmutableArray<RunningProcesses.Entry> entries)
        => entries.IsEmpty ? "nothing" : string.Join(", ", entries.Select(e => e.Name));
}
