using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// HTTP over a Unix socket that only the owner may open: how the other commands talk to a running <c>up</c>, also from another
/// network namespace. <see cref="ControlEndpoints"/> says what can be asked.
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SiloAdmin _admin;
    private readonly string _path;

    private ControlServer(WebApplication app, SiloAdmin admin, string path)
    {
        _app = app;
        _admin = admin;
        _path = path;
    }

    /// <param name="path">Of the socket.</param>
    /// <param name="supervisor">Whose processes.</param>
    /// <param name="key">With which silos are told to drain; null: none is known.</param>
    public static async Task<ControlServer> StartAsync(string path, Supervisor supervisor, string? key)
    {
        // Left over by a killed up; our lock says that it is nobody's.
        File.Delete(path);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1));
        builder.Services.AddRouting();
        // The host's own would take Ctrl+C for itself.
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        var admin = new SiloAdmin(key);
        new ControlEndpoints(supervisor, admin).Map(app);
        await app.StartAsync();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new ControlServer(app, admin, path);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _admin.Dispose();
        File.Delete(_path);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
