using Evergrain.Silo.Lifecycle;

namespace Evergrain.Silo.Admin;

/// <summary>An operator's drain and undrain, by whatever way they come.</summary>
internal static class OperatorDrain
{
    /// <returns>Why the silo is not drained; null where it is.</returns>
    public static string? DrainByOperator(this EngineHost host)
    {
        host.Drain();
        return host.Condition is { State: SiloState.Draining, Stopping: false }
            ? null
            : $"this silo is {Describe(host.Condition)}: only a ready one can be drained";
    }

    /// <returns>Why that makes no sense; null where the silo is back in service.</returns>
    public static string? UndrainByOperator(this EngineHost host)
        => host.Undrain() ? null : $"this silo is {Describe(host.Condition)}: no operator has drained it";

    private static string Describe(SiloCondition condition)
        => condition.Reason is { } reason ? $"{Names.Of(condition.State)} ({reason})" : Names.Of(condition.State);
}
