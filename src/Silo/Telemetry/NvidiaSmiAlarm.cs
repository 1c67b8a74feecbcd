namespace Evergrain.Silo.Telemetry;

/// <summary>
/// Says once that readings are unknown and once that they are back. It waits a moment with either: a program that is just starting has told nothing yet,
/// and one that dies after every line is not back with the next.
/// </summary>
internal sealed partial class NvidiaSmiAlarm(TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(2);

    /// <summary>Longer than one line keeps a reading fresh.</summary>
    public static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(5);

    private bool _raised;
    private long? _since;

    /// <summary>To be called every half second or so, by one thread.</summary>
    public void Look(DeviceSample sample)
    {
        if (sample is { Load: null } or { Memory: null } == _raised)
        {
            _since = null;
            return;
        }

        _since ??= time.GetTimestamp();
        if (time.GetElapsedTime(_since.Value) < (_raised ? KnownFor : UnknownFor)) return;
        _since = null;
        _raised = !_raised;
        if (_raised)
            Log.Unknown(logger, sample.Problem);
        else
            Log.Known(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Device readings are unknown, routing goes by the queue and this silo's own share: {Problem}")]
        public static partial void Unknown(ILogger logger, string? problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "Device readings are back")]
        public static partial void Known(ILogger logger);
    }
}
