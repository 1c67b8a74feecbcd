using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Reloading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace Evergrain.Hosting;

/// <summary>The frame of every Evergrain process: arguments, YAML, logs, metrics, the watch over its supervisor, the hard exit.</summary>
public static class EvergrainProcess
{
    private const int Unexpected = 1;
    private const int WrongConfiguration = 2;

    /// <summary>A little less than <see cref="HardExit.After"/>, so that hosts that can give up do it themselves.</summary>
    private static readonly TimeSpan ShutdownTimeout = HardExit.After - TimeSpan.FromSeconds(1);

    /// <summary>Reads --config FILE and --name NAME, loads the YAML and runs <paramref name="main"/>.</summary>
    /// <returns>The exit code: <paramref name="main"/>'s; 2 for wrong arguments or a wrong YAML; 1 for an unexpected exception,
    /// which is logged.</returns>
    public static async Task<int> RunAsync(string kind, string[] args, Func<ProcessIdentity, Task<int>> main)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(main);
        if (args is ["--help"] or ["-h"])
        {
            Console.WriteLine(ProcessArguments.Usage(kind));
            return 0;
        }
        using var held = SignalLifetime.HoldBack();
        if (Identify(kind, args) is not { } identity)
            return WrongConfiguration;

        Log.Logger = ProcessLog.Create(kind, identity.Name,
            Environment.GetEnvironmentVariable(ProcessEnvironment.LogFile),
            Environment.GetEnvironmentVariable(ProcessEnvironment.LogLevel));
        var log = Log.ForContext(typeof(EvergrainProcess));
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            log.Fatal(e.ExceptionObject as Exception, "Unhandled exception");
            Log.CloseAndFlush();
        };
        try
        {
            return await main(identity);
        }
        catch (OperationCanceledException) when (HardExit.IsArmed)
        {
            // A host that is told to stop while it starts cancels its own start.
            return 0;
        }
        catch (Exception e)
        {
            log.Fatal(e, "{Kind:l} {Name:l} ended by an unexpected exception", kind, identity.Name);
            await Console.Error.WriteLineAsync($"{identity.Name}: {e.GetType().Name}: {e.Message}");
            return Unexpected;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }

    /// <summary>A web application builder with logs, metrics (the named meters beside ASP.NET's and the runtime's), reload at SIGHUP and the
    /// watch over the supervisor. Listens on nothing until told to, and reads no configuration but ours.</summary>
    public static WebApplicationBuilder CreateBuilder(ProcessIdentity identity, params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(identity);
        // Empty: no appsettings.json, no ASPNETCORE_URLS, no command line. The YAML is the only source.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.Services.AddRouting();
        builder.Services.AddSerilog();
        builder.Services.AddSingleton(identity);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddEvergrainMetrics(identity, meters);
        builder.Services.AddEvergrainTracing(identity);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Services.AddSingleton<ReloadMetrics>();
        builder.Services.AddHostedService<ConfigReload>();
        if (ProcessEnvironment.IsSupervised)
            builder.Services.AddHostedService<SupervisorWatch>();
        if (SystemdNotifier.TryCreate(TimeProvider.System) is { } systemd)
            builder.Services.AddSingleton<IHostedService>(systemd);
        return builder;
    }

    private static ProcessIdentity? Identify(string kind, string[] args)
    {
        var (arguments, problem) = ProcessArguments.Parse(args);
        if (arguments is null)
        {
            Console.Error.WriteLine($"{problem}\n\n{ProcessArguments.Usage(kind)}");
            return null;
        }
        try
        {
            var config = arguments.LoadConfig();
            var names = ProcessArguments.NamesOf(kind, config);
            if (names.Contains(arguments.Name))
                return new ProcessIdentity(kind, arguments.Name, kind == "gateway" ? config.RequireVariables() : config);
            Console.Error.WriteLine($"{config.File}: no {kind} is named '{arguments.Name}'; "
                + (names.Length > 0 ? $"its {kind}s are: {string.Join(", ", names)}" : $"it names no {kind}"));
        }
        catch (ConfigException e)
        {
            Console.Error.WriteLine(e.Message);
        }
        return null;
    }
}
