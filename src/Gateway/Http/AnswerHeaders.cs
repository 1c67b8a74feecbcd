using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Evergrain.Hosting;

namespace Evergrain.Gateway.Http;

/// <summary>What the headers of an answer say; filled in while the request is handled.</summary>
internal sealed class AnswerInfo
{
    /// <summary>The silos that answered, by name; null where none was needed.</summary>
    public string? ServedBy { get; set; }

    /// <summary>Versions of the models that answered, with commas; null where none did.</summary>
    public string? ModelVersion { get; set; }

    /// <summary>Silos that were asked.</summary>
    public int Attempts { get; set; }

    public Timings Timings { get; set; }

    /// <summary>Goes on until somebody leaves; has already been taken out of the requests in flight.</summary>
    public bool IsStream { get; set; }
}

/// <summary>Puts X-Served-By, X-Attempts and Server-Timing on every answer, X-Model-Version on those of a model, and Connection: close on those
/// of a draining gateway.</summary>
internal sealed class AnswerHeaders(RequestDelegate next, ProcessIdentity identity, GatewayState state, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var info = new AnswerInfo();
        context.Features.Set(info);
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff"; // no browser shall take JSON for a page
            headers["X-Served-By"] = info.ServedBy ?? identity.Name;
            if (info.ModelVersion is { } version) headers["X-Model-Version"] = version;
            headers["X-Attempts"] = info.Attempts.ToString(CultureInfo.InvariantCulture);
            headers["Server-Timing"] = Describe(info, time.GetElapsedTime(started));
            // HTTP/1.1 callers open a new connection for their next request, and that reaches a gateway that stays.
            if (state.Draining) headers.Connection = "close";
            return Task.CompletedTask;
        });
        state.Enter();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            if (!info.IsStream) state.Leave();
        }
    }

    /// <summary>Versions as the value of a header. A version is whatever the package's author wrote: one that a header or a list in it cannot hold is
    /// percent-encoded.</summary>
    public static string? ListOf(ImmutableArray<string> versions) => versions.IsEmpty
        ? null
        : string.Join(", ", versions.Select(v => v.All(c => c is > ' ' and <= '~' and not ',') ? v : Uri.EscapeDataString(v)));

    private static string Describe(AnswerInfo info, TimeSpan total)
    {
        var text = new StringBuilder();
        Append("total", total);
        if (info.ServedBy is not null)
        {
            Append("tokenize", info.Timings.Tokenize);
            Append("queue", info.Timings.Queue);
            Append("inference", info.Timings.Inference);
        }

        return text.ToString();

        void Append(string name, TimeSpan span)
            => text.Append(text.Length > 0 ? ", " : "").Append(CultureInfo.InvariantCulture, $"{name};dur={span.TotalMilliseconds:F2}");
    }
}
