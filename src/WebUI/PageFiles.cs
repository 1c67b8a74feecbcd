using Microsoft.Extensions.FileProviders;

namespace Evergrain.WebUI;

/// <summary>The published page beside this program: trimmed, compressed, its assemblies named by their hashes.</summary>
internal static class PageFiles
{
    private const string Manifest = "Evergrain.WebUI.App.staticwebassets.endpoints.json";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "page");

    /// <exception cref="DirectoryNotFoundException">The page was not published beside this program.</exception>
    public static void Use(IWebHostEnvironment environment)
    {
        environment.WebRootPath = Path.Combine(Folder, "wwwroot");
        if (!Directory.Exists(environment.WebRootPath)) throw new DirectoryNotFoundException($"The page is missing: {environment.WebRootPath}. Build the solution again.");
        environment.WebRootFileProvider = new PhysicalFileProvider(environment.WebRootPath);
    }

    public static void Map(WebApplication app)
    {
        app.MapStaticAssets(Path.Combine(Folder, Manifest));
        // Every address without a file is one of the page's own.
        app.MapFallback("{*path:nonfile}", context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return Task.CompletedTask;
            }

            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            return context.Response.SendFileAsync(app.Environment.WebRootFileProvider.GetFileInfo("index.html"), context.RequestAborted);
        });
    }
}
