using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Extensions;

namespace Evergrain.WebUI;

/// <summary>What a browser may do with the page: scripts and styles of this host only, calls to the gateways of the YAML only, in nobody's frame.</summary>
internal sealed class PageHeaders(RequestDelegate next, ProcessIdentity identity, HostState state)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = Policy(context.Request);
            // HTTP/1.1 browsers open a new connection for their next request, and that reaches a host that stays.
            if (state.Draining) headers.Connection = "close";
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>'wasm-unsafe-eval' lets WebAssembly be compiled and nothing else; the styles inline are those of MudBlazor's theme and of charts.</summary>
    private string Policy(HttpRequest request)
    {
        var gateways = PageConfig.Of(identity, Origin(request)).Gateways.Select(g => g.Url).Distinct();
        return "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            + $"connect-src 'self' {string.Join(' ', gateways)}; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <summary>The address by which the browser came; this machine's own where the header is missing or nonsense.</summary>
    public static Uri Origin(HttpRequest request)
        => Uri.TryCreate(UriHelper.BuildAbsolute(request.Scheme, request.Host), UriKind.Absolute, out var origin) && HostName.IsValid(origin.IdnHost)
            ? origin
            : new Uri("http://127.0.0.1");
}
