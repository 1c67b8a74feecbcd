namespace Evergrain.Cli.Supervision;

/// <summary>
/// Decides from a child's answers whether it is silent. Only time in which we really looked counts: if the supervisor itself
/// was paused (a suspended machine, SIGSTOP) its children are not to blame for the gap.
/// </summary>
/// <param name="silence">For a child that has answered before.</param>
/// <param name="options">The other times.</param>
/// <param name="time">The clock.</param>
internal sealed class SilenceWatch(TimeSpan silence, SupervisorOptions options, TimeProvider time)
{
    private long _lastLook = time.GetTimestamp();
    private long _healthySince;
    private TimeSpan _silentFor;

    public bool HasAnswered { get; private set; }

    public TimeSpan Limit => HasAnswered ? silence : options.FirstAnswer;

    public bool IsSilent => _silentFor >= Limit;

    /// <summary>How long it has been answering without a break, up to now.</summary>
    public TimeSpan HealthyFor => HasAnswered && _silentFor == TimeSpan.Zero ? time.GetElapsedTime(_healthySince) : TimeSpan.Zero;

    public void Observe(bool answered)
    {
        var sinceLook = time.GetElapsedTime(_lastLook);
        _lastLook = time.GetTimestamp();
        if (!answered)
        {
            var longest = options.PollInterval + options.ProbeTimeout;
            _silentFor += sinceLook < longest ? sinceLook : longest;
            return;
        }
        if (!HasAnswered || _silentFor > TimeSpan.Zero)
            _healthySince = _lastLook;
        HasAnswered = true;
        _silentFor = TimeSpan.Zero;
    }
}
