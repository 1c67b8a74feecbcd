using System.Globalization;
using Evergrain.Client;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrain.Gateway.Http;

/// <summary>Turns whatever ends a request badly into problem details. No stack trace and no caller's text leaves the process.</summary>
internal sealed partial class Problems(RequestDelegate next, GatewayMetrics metrics, ILogger<Problems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
            {
                var code = ErrorCodes.FromStatus(context.Response.StatusCode);
                await WriteAsync(context, code, Explain(code, context), null).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller left; nobody reads an answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (ApiException e)
        {
            await WriteAsync(context, e.Code, e.Message, e.RetryAfter).ConfigureAwait(false);
        }
        catch (EvergrainException e)
        {
            context.Features.GetRequiredFeature<AnswerInfo>().Attempts = e.Attempts;
            await WriteAsync(context, e.Code, e.Message, e.RetryAfter).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, ErrorCodes.FromStatus(e.StatusCode), "The request could not be read.", null).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Failed(logger, context.Request.Path, e);
            await WriteAsync(context, ErrorCode.Internal, "The request failed; the log of this gateway says why.", null).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(HttpContext context, ErrorCode code, string detail, TimeSpan? retryAfter)
    {
        metrics.Problem(code);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var status = code.ToStatus();
        context.Response.StatusCode = status;
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            var seconds = Math.Max(1, Math.Ceiling((retryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var problem = new Problem { Title = ReasonPhrases.GetReasonPhrase(status), Status = status, Detail = detail, Code = code.ToName() };
        await context.Response.WriteAsJsonAsync(problem, ApiJson.Default.Problem, "application/problem+json", context.RequestAborted).ConfigureAwait(false);
    }

    private static string Explain(ErrorCode code, HttpContext context) => code switch
    {
        ErrorCode.NotFound => "No such path; /docs lists them.",
        ErrorCode.MethodNotAllowed => $"{context.Request.Method} is not allowed here; allowed: {context.Response.Headers.Allow}.",
        _ => "The request could not be read.",
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request to {Path} failed")]
        public static partial void Failed(ILogger logger, string path, Exception exception);
    }
}
