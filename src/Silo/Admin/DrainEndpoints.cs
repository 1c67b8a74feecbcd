using Evergrain.Silo.Lifecycle;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Evergrain.Silo.Admin;

/// <summary>POST /drain and /undrain: an operator takes a silo out of service without ending its process, and back.</summary>
internal static class DrainEndpoints
{
    /// <summary>Asked for with every change: a page in a browser cannot send it by a form, and a script of another origin would have to
    /// ask first, which is not answered here.</summary>
    public const string Header = "X-Evergrain";

    /// <summary>For the calls inside; longer than any request's own time but that of a large batch.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static void Map(WebApplication app)
    {
        Post(app, "/drain", DrainAsync);
        Post(app, "/undrain", (host, _) => Task.FromResult(Undrain(host)));
    }

    /// <summary>Answers when nothing is in flight, or after 15 s with what is. Ends as it began even where the caller leaves.</summary>
    private static async Task<IResult> DrainAsync(EngineHost host, SiloDrain drain)
    {
        if (host.DrainByOperator() is { } problem) return Conflict(problem);
        await drain.FinishAsync(Limit);
        return host.State == SiloState.Ready
            ? Conflict("the drain was taken back meanwhile")
            : Json(new DrainAnswer(Names.Of(host.State), host.Calls));
    }

    private static IResult Undrain(EngineHost host) => host.UndrainByOperator() is { } problem
        ? Conflict(problem)
        : Json(new DrainAnswer(Names.Of(host.State), host.Calls));

    private static void Post(WebApplication app, string path, Func<EngineHost, SiloDrain, Task<IResult>> act)
        => app.MapPost(path, (HttpContext context, EngineHost host, SiloDrain drain) => context.Request.Headers[Header] == "1"
            ? act(host, drain)
            : Task.FromResult<IResult>(Error($"send the header {Header}: 1", StatusCodes.Status403Forbidden)));

    private static JsonHttpResult<DrainAnswer> Json(DrainAnswer answer) => TypedResults.Json(answer, AdminJson.Default.DrainAnswer);

    private static JsonHttpResult<ErrorAnswer> Conflict(string error) => Error(error, StatusCodes.Status409Conflict);

    private static JsonHttpResult<ErrorAnswer> Error(string error, int status)
        => TypedResults.Json(new ErrorAnswer(error), AdminJson.Default.ErrorAnswer, statusCode: status);
}
