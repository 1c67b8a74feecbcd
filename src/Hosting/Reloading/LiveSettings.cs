using System.Globalization;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting.Reloading;

/// <summary>The keys of the YAML that a process takes over while it runs.</summary>
internal static class LiveSettings
{
    public static IEnumerable<Setting> Of(string kind, EvergrainConfig config) => kind switch
    {
        "gateway" => [.. Routing(config.Routing), .. Limits(config.Limits), .. Keys(config.Keys)],
        "silo" => [.. Engine(config.Engine), .. Keys(config.Keys.Where(key => key.Role == KeyRole.Operator))],
        _ => [],
    };

    /// <summary>What <paramref name="running"/> becomes when a process of that kind takes over its keys from <paramref name="read"/>.</summary>
    public static EvergrainConfig TakeOver(string kind, EvergrainConfig running, EvergrainConfig read) => kind switch
    {
        "gateway" => running with { Routing = read.Routing with { ReportInterval = running.Routing.ReportInterval }, Limits = read.Limits, Keys = read.Keys },
        "silo" => running with
        {
            Engine = running.Engine with { MaxQueueWait = read.Engine.MaxQueueWait, ProbeInterval = read.Engine.ProbeInterval, RunLimit = read.Engine.RunLimit },
            Keys = read.Keys,
        },
        _ => running,
    };

    private static Setting[] Routing(RoutingConfig routing) =>
    [
        new("routing.deadline", Durations.Format(routing.Deadline)),
        new("routing.batchDeadline", Durations.Format(routing.BatchDeadline)),
        new("routing.suspectAfter", Durations.Format(routing.SuspectAfter)),
        new("routing.failover", routing.Failover ? "on" : "off"),
    ];

    private static Setting[] Limits(LimitsConfig limits) =>
    [
        new("limits.bodyBytes", limits.BodyBytes.ToString(CultureInfo.InvariantCulture)),
        new("limits.texts", limits.Texts.ToString(CultureInfo.InvariantCulture)),
        new("limits.sources", limits.Sources.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>By owner: one may have two keys, while an old one is replaced.</summary>
    private static IEnumerable<Setting> Keys(IEnumerable<KeyConfig> keys) => keys.GroupBy(key => key.Name).Select(owner => new Setting(
        $"keys.{owner.Key}", string.Join("; ", owner.Select(Describe)), string.Concat(owner.Select(key => Convert.ToHexStringLower(key.Sha256.AsSpan())))));

    private static string Describe(KeyConfig key)
    {
        var role = key.Role == KeyRole.Operator ? "operator" : "caller";
        return key.Rate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{role}, rate {key.Rate}, burst {key.Burst}") : role;
    }

    private static Setting[] Engine(EngineConfig engine) =>
    [
        new("engine.maxQueueWait", Durations.Format(engine.MaxQueueWait)),
        new("engine.probeInterval", Durations.Format(engine.ProbeInterval)),
        new("engine.runLimit", Durations.Format(engine.RunLimit)),
    ];
}
