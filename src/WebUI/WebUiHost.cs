using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Listening;

namespace Evergrain.WebUI;

/// <summary>Puts a web page's host together: files, /config.json, the drill's report, health and metrics.</summary>
internal static class WebUiHost
{
    public static async Task<int> RunAsync(ProcessIdentity identity)
    {
        var config = identity.Config;
        var self = config.WebUis.Single(w => w.Name == identity.Name);
        var builder = EvergrainProcess.CreateBuilder(identity);
        builder.Services.AddSingleton<HostState>();
        builder.Services.AddSingleton(new DrillReports(config.StateFolder, AppContext.BaseDirectory));
        builder.Services.AddHostedService<HostLifecycle>();
        builder.AddSharingListeners(self.Listen, address => config.IsShared(self, address));
        PageFiles.Use(builder.Environment);

        var app = builder.Build();
        app.UseMiddleware<PageHeaders>();
        app.UseMiddleware<LocalMetrics>();
        HostEndpoints.Map(app, self);
        app.MapEvergrainMetrics();
        PageFiles.Map(app);
        await app.RunAsync().ConfigureAwait(false);
        return Environment.ExitCode;
    }
}
