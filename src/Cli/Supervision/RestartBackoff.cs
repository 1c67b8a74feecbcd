namespace Evergrain.Cli.Supervision;

/// <summary>How long to wait before a child is started again.</summary>
internal sealed class RestartBackoff(SupervisorOptions options)
{
    private TimeSpan _next = options.FirstRestartDelay;

    /// <param name="healthyFor">How long the ended process had been answering without a break; zero for one that never did.</param>
    /// <param name="hopeless">It will end the same way until a person acts (wrong configuration).</param>
    public TimeSpan Next(TimeSpan healthyFor, bool hopeless)
    {
        if (healthyFor >= options.HealthyReset)
            _next = options.FirstRestartDelay;
        var delay = hopeless ? options.MaxRestartDelay : _next;
        _next = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, options.MaxRestartDelay.Ticks));
        return delay;
    }
}
