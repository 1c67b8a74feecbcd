using Microsoft.Extensions.Logging;

namespace Evergrain.Client.Channels;

/// <summary>
/// Passes a channel's Orleans logs on, errors only: a client whose one silo is away says so several times a second, with stack
/// traces, and the channel itself has said it once.
/// </summary>
internal sealed class QuietOrleansLogs(ILoggerFactory loggers) : ILoggerProvider
{
    public static void Add(ILoggingBuilder logging, ILoggerFactory loggers)
        => logging.ClearProviders().AddProvider(new QuietOrleansLogs(loggers)).AddFilter("Orleans", LogLevel.Error);

    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

    public void Dispose()
    {
        // The factory belongs to the owner of the client.
    }
}
