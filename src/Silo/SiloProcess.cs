using Evergrain.Hosting;
using Evergrain.Silo.Admin;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Membership;

namespace Evergrain.Silo;

/// <summary>One silo from start to exit.</summary>
internal static partial class SiloProcess
{
    /// <summary>Time for Orleans to leave the cluster after the drain. While the database is away it would try for more than a minute; the
    /// others find out by themselves.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    /// <returns>0 after a stop that was asked for, 70 after a device failed, 1 where a port is taken or the membership database cannot be used.</returns>
    public static async Task<int> RunAsync(WebApplicationBuilder builder, ProcessIdentity identity)
    {
        builder.AddSilo(identity);
        var app = builder.Build();
        AdminEndpoints.Map(app);

        if (PortCheck.Problem(identity.Config.Silos.Single(s => s.Name == identity.Name)) is { } problem)
        {
            Log.CannotStart(app.Logger, problem);
            return 1;
        }

        try
        {
            await MembershipDatabase.InstallAsync(identity.Config.Cluster);
        }
        catch (MembershipUnavailableException e)
        {
            // The supervisor tries again: a silo without membership could only ever be alone.
            Log.CannotStart(app.Logger, e.Message);
            return 1;
        }

        await app.StartAsync();
        var (exit, failures) = (app.Services.GetRequiredService<DeviceExit>(), app.Services.GetRequiredService<DeviceFailures>());
        await StopAsync(app);
        if (exit.Begun) return DeviceExit.Code;
        failures.Clear();
        return 0;
    }

    /// <summary>Waits for the stop signal, the drain and, for a while, the end of Orleans.</summary>
    private static async Task StopAsync(WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var stopped = app.WaitForShutdownAsync();
        await Task.WhenAny(stopped, app.Services.GetRequiredService<DrainOnStop>().Done);
        try
        {
            await stopped.WaitAsync(LeaveLimit, time);
            await app.DisposeAsync();
        }
        catch (TimeoutException)
        {
            Log.LeftSilently(app.Logger, LeaveLimit.TotalSeconds);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason}")]
        public static partial void CannotStart(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning,
            Message = "Leaving the cluster took longer than {Seconds} s (is the membership database away?); the others will notice")]
        public static partial void LeftSilently(ILogger logger, double seconds);
    }
}
