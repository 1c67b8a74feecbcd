using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Evergrain.Silo;

/// <summary>
/// Refuses what a client calls beyond the grains that are made for callers. Who may connect to the gateway port could otherwise call whatever Orleans has on board: its management grain,
/// which takes silos out of the cluster, the silo's own system targets, the extensions of every grain.
/// </summary>
/// <remarks>
/// The caller is who the message says it is, and a client of Orleans' own library says the truth. Somebody who speaks the protocol without it could claim to be a silo: mutual TLS keeps
/// such people out, this keeps mistakes and curiosity out.
/// </remarks>
internal sealed partial class CallerFilter(TimeProvider time, ILogger<CallerFilter> logger) : IIncomingGrainCallFilter
{
    /// <summary>A client that polls the management grain would fill the log.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private static readonly FrozenSet<Type> ForCallers = new[]
    {
        typeof(IInferenceGrain),
        typeof(ILoadReportGrain),
        typeof(IPoisonGrain),
        typeof(IOperationsGrain),
        // Every client of Orleans asks which grains there are, and tells a grain that a call of its own is cancelled.
        Internal("Orleans.Runtime.IClusterManifestSystemTarget"),
        Internal("Orleans.Runtime.IGrainCallCancellationExtension"),
    }.ToFrozenSet();

    private readonly ConcurrentDictionary<Type, long> _saidAt = [];

    public Task Invoke(IIncomingGrainCallContext context)
    {
        // What the request will really do, not the message's header. A prediction needs no more than this look: no allocation, no state machine.
        var called = context.Request.GetInterfaceType();
        return ForCallers.Contains(called) || IsInside(context.SourceId) ? context.Invoke() : Refuse(context, called);
    }

    /// <summary>A grain, a system target, or the client that lives in each silo: the dashboard's calls and the silo's own come from there.</summary>
    private static bool IsInside(GrainId? source) => source is { } known && (!known.IsClient() || known.Key.AsSpan().StartsWith("hosted-"u8));

    private static Type Internal(string name) => typeof(IClusterClient).Assembly.GetType(name, throwOnError: true)!;

    private Task Refuse(IIncomingGrainCallContext context, Type called)
    {
        if (IsNews(called)) Log.Refused(logger, context.SourceId, called.Name, context.MethodName);
        return Task.FromException(new UnauthorizedAccessException(
            $"{called.Name} is not for clients of this cluster; they may call {nameof(IInferenceGrain)}, {nameof(ILoadReportGrain)}, {nameof(IPoisonGrain)} and {nameof(IOperationsGrain)}."));
    }

    private bool IsNews(Type called)
    {
        var now = time.GetTimestamp();
        var said = _saidAt.GetOrAdd(called, long.MinValue);
        return (said == long.MinValue || time.GetElapsedTime(said, now) >= Quiet) && _saidAt.TryUpdate(called, now, said);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The client {Client} called {Interface}.{Method}, which is not for clients: refused (calls of this interface are not logged again for a minute)")]
        public static partial void Refused(ILogger logger, GrainId? client, string @interface, string method);
    }
}
