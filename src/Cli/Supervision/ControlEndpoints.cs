using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Evergrain.Cli.Supervision;

/// <summary>
/// What a running <c>up</c> can be asked: <c>GET /processes</c>, <c>POST /processes/NAME/stop|start|restart|reload|drain|undrain</c> and
/// <c>GET /silos/NAME/status</c>. A change answers when it is made: 200 with the process, 404 for a name that is no child, 409 where
/// it makes no sense.
/// </summary>
internal sealed class ControlEndpoints(Supervisor supervisor, SiloAdmin admin)
{
    public void Map(WebApplication app)
    {
        app.MapGet("/processes", () => supervisor.Reports);
        app.MapPost("/processes/{name}/stop", (string name) => ChangeAsync(name, child => DoneAsync(child.DownAsync())));
        app.MapPost("/processes/{name}/start", (string name) => ChangeAsync(name, child => DoneAsync(child.UpAsync())));
        app.MapPost("/processes/{name}/restart", (string name) => ChangeAsync(name, child => DoneAsync(child.RestartAsync())));
        app.MapPost("/processes/{name}/reload", (string name) => ChangeAsync(name, child => Task.FromResult(Reload(child))));
        app.MapPost("/processes/{name}/drain", (string name) => ChangeAsync(name, DrainAsync));
        app.MapPost("/processes/{name}/undrain", (string name) => ChangeAsync(name, UndrainAsync));
        app.MapGet("/silos/{name}/status", StatusAsync);
    }

    /// <param name="name">Of the child.</param>
    /// <param name="change">Answers with what stands against it, where something does.</param>
    private async Task<IResult> ChangeAsync(string name, Func<ManagedChild, Task<string?>> change)
    {
        if (supervisor.Find(name) is not { } child) return Unknown(name);
        return await change(child) is { } problem
            ? TypedResults.Json(new ControlError(problem), statusCode: StatusCodes.Status409Conflict)
            : TypedResults.Json(child.Report);
    }

    private static async Task<string?> DoneAsync(Task change)
    {
        await change;
        return null;
    }

    private static string? Reload(ManagedChild child)
        => child.Reload() ? null : $"{child.Spec.Name} is {child.Report.State}: it reads the file when it starts";

    private async Task<string?> DrainAsync(ManagedChild child) => child switch
    {
        { Spec.Kind: not ChildSpec.Silo } =>
            $"{child.Spec.Name} is a {child.Spec.Kind}: only silos are drained; use stop, which lets it answer what it holds",
        { Report.Pid: null } => $"{child.Spec.Name} is {child.Report.State}: it does not run",
        _ => await admin.DrainAsync(child.Spec),
    };

    private async Task<string?> UndrainAsync(ManagedChild child) => child switch
    {
        { Spec.Kind: not ChildSpec.Silo } => $"{child.Spec.Name} is a {child.Spec.Kind}: only silos are drained",
        { Report.Pid: null } => $"{child.Spec.Name} is {child.Report.State}: it does not run",
        _ => await admin.UndrainAsync(child.Spec) ?? await DoneAsync(child.SeenReadyAsync()),
    };

    private async Task<IResult> StatusAsync(string name, CancellationToken cancellationToken)
    {
        if (supervisor.Find(name) is not { Spec.Kind: ChildSpec.Silo } silo) return Unknown(name);
        return await admin.StatusAsync(silo.Spec, cancellationToken) is { } status
            ? TypedResults.Json(status)
            : TypedResults.Json(new ControlError($"{name} does not answer at {silo.Spec.Health}"), statusCode: StatusCodes.Status502BadGateway);
    }

    private JsonHttpResult<ControlError> Unknown(string name) => TypedResults.Json(
        new ControlError($"nothing is named '{name}' here; there are: {string.Join(", ", supervisor.Children.Select(c => c.Spec.Name))}"),
        statusCode: StatusCodes.Status404NotFound);
}

/// <summary>Why something was not done.</summary>
internal sealed record ControlError(string Error);
