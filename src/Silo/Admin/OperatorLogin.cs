using System.Globalization;
using System.Net;
using Microsoft.Net.Http.Headers;

namespace Evergrain.Silo.Admin;

/// <summary>
/// Asks for an operator's key wherever the YAML has one: for everything on the admin port but what is marked <see cref="Open"/>. A browser is asked by HTTP Basic, so that a person
/// can open the dashboard.
/// </summary>
internal sealed partial class OperatorLogin(RequestDelegate next, OperatorKeys keys, WrongTries tries, ILogger<OperatorLogin> logger)
{
    private const string Challenge = "Basic realm=\"evergrain\"";

    /// <summary>Of an endpoint that needs no key: health, and what the silo says of its own state.</summary>
    public static readonly object Open = new OpenToAll();

    public Task InvokeAsync(HttpContext context)
    {
        // What is not marked is closed, and so is what does not exist.
        if (!keys.Asked || context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null) return next(context);
        var (verdict, name) = keys.Judge(context.Request.Headers);
        // The tools of this server go on whatever others try from the same address: their key is 256 random bits, which nobody guesses.
        if (verdict == KeyVerdict.Node) return next(context);

        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        // A right key waits as well: else the wait would not slow down who guesses.
        if (verdict != KeyVerdict.Missing && tries.Wait(address) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too many wrong keys from this address; wait as long as Retry-After says");
        }

        switch (verdict)
        {
            case KeyVerdict.Operator:
                return next(context);
            // A browser keeps what it sent until it hears 401: with 403 nobody could type another key.
            case KeyVerdict.Caller when !IsBasic(context.Request):
                return RefuseAsync(context, StatusCodes.Status403Forbidden, $"the key '{name}' is a caller's: this needs an operator's");
            case KeyVerdict.Wrong:
                tries.Add(address);
                Log.WrongKey(logger, address, context.Request.Path);
                break;
        }

        context.Response.Headers.WWWAuthenticate = Challenge;
        return RefuseAsync(
            context, StatusCodes.Status401Unauthorized,
            "this needs an operator's key of the YAML: as the password (any user name) or as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'");
    }

    private static bool IsBasic(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith("Basic", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return TypedResults.Json(new ErrorAnswer(error), AdminJson.Default.ErrorAnswer, statusCode: status).ExecuteAsync(context);
    }

    private sealed class OpenToAll;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A wrong key came from {Address} for {Path}")]
        public static partial void WrongKey(ILogger logger, IPAddress address, PathString path);
    }
}
