using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Gateway.Webhooks;

/// <summary>A robot's end of a webhook on loopback: notes what is posted and answers as it is told to, "ok" in the end.</summary>
internal sealed class Robot : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _bodies = Channel.CreateUnbounded<string>();

    private Robot(WebApplication app) => _app = app;

    /// <summary>Answers to the next posts: a status, or a body with status 200; "hang" for none at all.</summary>
    public ConcurrentQueue<string> Answers { get; } = new();

    public Uri Url { get; private set; } = null!;

    public static async Task<Robot> StartAsync(Func<HttpContext, Task>? handle = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var robot = new Robot(builder.Build());
        robot._app.Run(handle is null ? robot.AnswerAsync : context => handle(context));
        await robot._app.StartAsync();
        robot.Url = new Uri(robot._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/hook?token=s3cret");
        return robot;
    }

    public async Task<string> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _bodies.Reader.ReadAsync(limit.Token);
    }

    public bool HasMore => _bodies.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var answer = Answers.TryDequeue(out var next) ? next : """{"errcode":0,"errmsg":"ok"}""";
        _bodies.Writer.TryWrite(body);
        if (answer == "hang") await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        else if (int.TryParse(answer, out var status)) context.Response.StatusCode = status;
        else await context.Response.WriteAsync(answer, context.RequestAborted);
    }
}
