using Evergrain.Gateway.Cluster;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http.Json;

namespace Evergrain.Gateway.Http;

/// <summary>Services and middleware of the HTTP side.</summary>
internal static class HttpSetup
{
    private const long DiscardedBytes = 64 * 1024 * 1024;

    public static void AddGatewayHttp(this WebApplicationBuilder builder, EvergrainConfig config)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // BodyReader keeps to limits.bodyBytes. What is over is read away up to this, so that the caller sees the 413 and not a
            // connection that breaks while it still sends.
            kestrel.Limits.MaxRequestBodySize = Math.Max(config.Limits.BodyBytes, DiscardedBytes);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.Configure<JsonOptions>(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        builder.Services.Configure<JsonOptions>(o => o.SerializerOptions.TypeInfoResolverChain.Insert(1, ClusterJson.Default));
        builder.Services.Configure<JsonOptions>(o => o.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
        builder.Services.AddOpenApi("v1", o => o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Evergrain";
            document.Info.Description = "Sentiment of Chinese texts. Every answer carries X-Served-By, X-Attempts and Server-Timing, those of a model X-Model-Version; "
                + "every error is RFC 9457 problem details with a code.";
            // The address by which the page came, whichever of the gateway's it was.
            document.Servers = [];
            return Task.CompletedTask;
        }));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .SetIsOriginAllowed(new AllowedOrigins(config).Contains)
            .AllowAnyHeader().WithMethods("GET", "POST")
            .WithExposedHeaders("X-Served-By", "X-Model-Version", "X-Attempts", "Server-Timing", "Retry-After")));
        builder.Services.AddRouting();
        builder.Services.AddRateLimiter(AccessControl.Limit);
    }

    public static void UseGatewayHttp(this WebApplication app)
    {
        app.UseMiddleware<AnswerHeaders>();
        app.UseMiddleware<Problems>();
        app.UseCors();
        app.UseMiddleware<AccessControl>();
        app.UseRateLimiter();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.DocumentTitle = "Evergrain API";
            ui.SwaggerEndpoint("/openapi/v1.json", "Evergrain v1");
        });
        PredictEndpoints.Map(app);
        ClusterEndpoints.Map(app);
        OperationsEndpoints.Map(app);
        HealthEndpoints.Map(app);
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapEvergrainMetrics().WithMetadata(NeedsKey.OperatorWhereClosed);
    }
}
