using System.Globalization;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting.Reloading;

/// <summary>The keys of the YAML that a process reads at its start only: ports, neighbours, the model, certificates. Keys that it never looks at are not among
/// them, so that nobody restarts a gateway because a silo's device changed.</summary>
internal static class FixedSettings
{
    /// <param name="kind">"silo", "gateway" or "webui".</param>
    /// <param name="name">Of the process; it may be missing in the file by now.</param>
    /// <param name="config">The file.</param>
    public static IEnumerable<Setting> Of(string kind, string name, EvergrainConfig config)
    {
        IEnumerable<Setting> all = [new("cluster.id", config.Cluster.Id), new("tracing.otlp", $"{config.Tracing.Otlp}"), new("tracing.ratio", Text(config.Tracing.Ratio))];
        return all.Concat(kind switch
        {
            "gateway" => OfGateway(config),
            "silo" => OfSilo(name, config),
            _ => [.. config.Silos.SelectMany(silo => Address(silo).Append(AdminPort(silo))), .. Fronts(config)],
        });
    }

    private static IEnumerable<Setting> OfGateway(EvergrainConfig config) =>
    [
        new("model.name", config.Model.Name),
        new("engine.batchTokens", Text(config.Engine.BatchTokens)),
        new("tls.folder", config.Tls.Folder ?? ""),
        new("webhooks", "", string.Join('\n', config.Webhooks.Select(Describe))),
        .. config.Silos.SelectMany(Address),
        .. Fronts(config),
    ];

    private static IEnumerable<Setting> OfSilo(string name, EvergrainConfig config)
    {
        var node = config.Silos.FirstOrDefault(silo => silo.Name == name)?.Node;
        return
        [
            new("cluster.membership", "", $"{config.Cluster.Provider} {config.Cluster.Connection}"),
            new("model.name", config.Model.Name),
            new("model.path", config.Model.Path),
            .. Engine(config.Engine),
            new("routing.reportInterval", Durations.Format(config.Routing.ReportInterval)),
            new("tls.folder", config.Tls.Folder ?? ""),
            // The others of its node share the processor's cores with it; where they listen is not its business.
            .. config.Silos.Where(silo => silo.Node == node).SelectMany(silo => silo.Name == name ? Whole(silo) : [new($"silos.{silo.Name}", "")]),
            .. Fronts(config with { Gateways = [.. config.Gateways.Where(g => g.Node == node)], WebUis = [.. config.WebUis.Where(w => w.Node == node)] }),
        ];
    }

    private static Setting[] Engine(EngineConfig engine) =>
    [
        new("engine.threads", Text(engine.Threads)),
        new("engine.slots", Text(engine.Slots)),
        new("engine.batchTokens", Text(engine.BatchTokens)),
        new("engine.cpuFallback", engine.CpuFallback ? "on" : "off"),
        new("engine.cudaMemoryMib", Text(engine.CudaMemoryMib)),
    ];

    /// <summary>The first of each entry stands for the entry as a whole: it is there or not.</summary>
    private static Setting[] Address(SiloConfig silo) =>
    [
        new($"silos.{silo.Name}", ""),
        new($"silos.{silo.Name}.node", silo.Node),
        new($"silos.{silo.Name}.host", silo.Host),
        new($"silos.{silo.Name}.gatewayPort", Text(silo.GatewayPort)),
    ];

    private static Setting[] Whole(SiloConfig silo) =>
    [
        .. Address(silo),
        AdminPort(silo),
        new($"silos.{silo.Name}.siloPort", Text(silo.SiloPort)),
        new($"silos.{silo.Name}.devices", string.Join(", ", silo.Devices)),
        new($"silos.{silo.Name}.telemetry", silo.Telemetry),
    ];

    private static Setting AdminPort(SiloConfig silo) => new($"silos.{silo.Name}.adminPort", Text(silo.AdminPort));

    private static IEnumerable<Setting> Fronts(EvergrainConfig config) =>
    [
        .. config.Gateways.SelectMany(g => Front("gateways", g.Name, g.Node, g.Listen, g.Public)),
        .. config.WebUis.SelectMany(w => Front("webuis", w.Name, w.Node, w.Listen, w.Public)),
    ];

    private static Setting[] Front(string list, string name, string node, IEnumerable<Uri> listen, Uri? others) =>
    [
        new($"{list}.{name}", ""),
        new($"{list}.{name}.node", node),
        new($"{list}.{name}.listen", string.Join(", ", listen)),
        new($"{list}.{name}.public", $"{others}"),
    ];

    private static string Describe(WebhookConfig webhook)
        => $"{webhook.Format} {webhook.Url.OriginalString} {webhook.Secret} {string.Join(',', webhook.Events)} {Durations.Format(webhook.RepeatAfter)}";

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
