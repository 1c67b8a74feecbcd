using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Evergrain.Hosting;

/// <summary>One JSON object a line: to stdout, or to a rolling file where the supervisor names one. What is logged within a span (of a request, or of ours) has its
/// trace as @tr and its own id as @sp: Serilog takes them from <see cref="System.Diagnostics.Activity.Current"/> when a line is made.</summary>
internal static class ProcessLog
{
    private const long FileBytes = 20 * 1024 * 1024;
    private const int Files = 5;

    public static Logger Create(string kind, string name, string? file, string? level)
    {
        var known = Enum.TryParse<LogEventLevel>(level, ignoreCase: true, out var own);
        if (!known)
            own = LogEventLevel.Information;
        var others = own == LogEventLevel.Verbose ? LogEventLevel.Verbose : (LogEventLevel)Math.Max((int)LogEventLevel.Warning, (int)own);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(others)
            .MinimumLevel.Override("Evergrain", own)
            // A subscriber that died is pushed to for a few seconds more, and each push that finds nobody would be a warning.
            .MinimumLevel.Override("Polly", LogEventLevel.Fatal)
            .MinimumLevel.Override("Orleans.Messaging", LogEventLevel.Error)
            // At every start it takes the time since the machine's boot for a stall and warns.
            .MinimumLevel.Override("Orleans.Runtime.Watchdog", LogEventLevel.Error)
            .Enrich.FromLogContext()
            .Enrich.WithProperty("ProcessKind", kind)
            .Enrich.WithProperty("ProcessName", name)
            .Enrich.WithProperty("Pid", Environment.ProcessId)
            .WriteTo.Sink(Output(file))
            .CreateLogger();
        if (!known && !string.IsNullOrEmpty(level))
        {
            logger.ForContext(Constants.SourceContextPropertyName, "Evergrain.Hosting").Warning(
                "{Variable} is '{Level}', which is no level; use one of {Levels}", ProcessEnvironment.LogLevel, level, Enum.GetNames<LogEventLevel>());
        }
        return logger;
    }

    /// <summary>A file that cannot be written (no right, disk full) never stops the process: what it would have held goes to
    /// stdout.</summary>
    private static ILogEventSink Output(string? file) => LoggerSinkConfiguration.CreateSink(output =>
    {
        if (string.IsNullOrEmpty(file))
            ToStdout(output);
        else
            output.FallbackChain(chain => ToFile(chain, file), chain => ToStdout(chain));
    });

    private static LoggerConfiguration ToStdout(LoggerSinkConfiguration output) => output.Console(new RenderedCompactJsonFormatter());

    private static LoggerConfiguration ToFile(LoggerSinkConfiguration output, string file) => output.File(
        new RenderedCompactJsonFormatter(), file, fileSizeLimitBytes: FileBytes, rollOnFileSizeLimit: true,
        retainedFileCountLimit: Files, shared: false);
}
