using System.Globalization;
using System.Text.Json;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Status;

/// <summary>The report as tables for people: processes and silos here, devices in <see cref="DeviceTable"/>.</summary>
internal static class StatusTables
{
    public static TextTable Processes(StatusReport report, DateTimeOffset now) => new(
        ["PROCESS", "KIND", "NODE", "PID", "STATE", "RESTARTS", "RUNNING FOR", "LAST EXIT"],
        [.. report.Processes.Select(p => (IReadOnlyList<string>)
        [
            p.Name, p.Kind, p.Node, Number(p.Pid), p.State, Number(p.Restarts),
            p is { StartedAt: { } started, Pid: not null } ? Age(now - started) : "-", p.LastExit ?? "-",
        ])]);

    public static TextTable Silos(StatusReport report) => new(
        ["SILO", "STATE", "VERSION", "LOAD", "REASON"],
        [.. report.Silos.Select(s => (IReadOnlyList<string>)[s.Name, s.State, s.Version ?? "-", Load(s.Load), s.Reason ?? "-"])]);

    /// <summary>How a state is coloured on a terminal.</summary>
    public static string? ColourOf(string cell) => cell.ToLowerInvariant() switch
    {
        ProcessState.Ready => "green",
        ProcessState.Starting or ProcessState.Stopping or "draining" => "yellow",
        "failed" or ProcessState.Unready or ProcessState.Backoff or ProcessState.Stopped or ProcessState.Unreachable => "red",
        _ => null,
    };

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Age(TimeSpan age) => age switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h {age.Minutes}m"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Minutes}m {age.Seconds}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.Seconds)}s"),
    };

    private static string Load(JsonElement? load)
    {
        if (load is not { ValueKind: JsonValueKind.Object } element)
            return "-";
        var parts = new[]
        {
            Part("queuedTokens", v => $"{v:0} tokens queued"),
            Part("inFlight", v => $"{v:0} in flight"),
            Part("drainRate", v => $"{v:0} tokens/s"),
            Part("deviceLoad", v => $"device {v * 100:0} %"),
            Part("deviceMemory", v => $"memory {v * 100:0} %"),
        };
        return string.Join(", ", parts.OfType<string>());

        string? Part(string key, Func<double, FormattableString> text)
            => element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number
                ? text(value.GetDouble()).ToString(CultureInfo.InvariantCulture)
                : null;
    }
}
