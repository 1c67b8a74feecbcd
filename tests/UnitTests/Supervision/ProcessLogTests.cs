using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;

namespace Evergrain.UnitTests.Supervision;

/// <summary>The lines of a process's log as a program reads them.</summary>
public sealed class ProcessLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evergrain-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Log_WithinASpan_LineHasItsTraceAndSpan()
    {
        using var span = new Activity("a request").SetIdFormat(ActivityIdFormat.W3C).Start();
        var line = Logged(log => log.LogWarning("within"));
        Assert.Equal((span.TraceId.ToHexString(), span.SpanId.ToHexString()), (line.GetProperty("@tr").GetString(), line.GetProperty("@sp").GetString()));
    }

    [Fact]
    public void Log_WithoutASpan_LineHasNeither()
    {
        Assert.Null(Activity.Current);
        var line = Logged(log => log.LogWarning("without"));
        Assert.Equal("without", line.GetProperty("@m").GetString());
        Assert.DoesNotContain(line.EnumerateObject(), p => p.Name is "@tr" or "@sp");
    }

    /// <summary>Whether or not anybody collects traces: the caller's traceparent finds the lines of its request.</summary>
    [Fact]
    public async Task Log_WithinARequest_LineHasTheCallersTrace()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var file = Path.Combine(_folder.FullName, "test.log");
        await using (var logger = ProcessLog.Create("gateway", "gateway-a", file, level: null))
        {
            var builder = EvergrainProcess.CreateBuilder(new ProcessIdentity("gateway", "gateway-a", ConfigLoader.Parse("", "process-log-tests.yaml")));
            builder.Services.AddSerilog(logger);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            await using var app = builder.Build();
            app.MapGet("/", (ILoggerFactory loggers) => loggers.CreateLogger("Evergrain.Tests").LogWarning("within"));
            await app.StartAsync(TestContext.Current.CancellationToken);
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-00f067aa0ba902b7-01");
            (await http.GetAsync(new Uri(app.Urls.Single()), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }

        var lines = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
        Assert.Equal(Trace, Assert.Single(lines, line => line.GetProperty("@m").GetString() == "within").GetProperty("@tr").GetString());
    }

    private JsonElement Logged(Action<Microsoft.Extensions.Logging.ILogger> write)
    {
        var file = Path.Combine(_folder.FullName, "test.log");
        using (var logger = ProcessLog.Create("gateway", "gateway-a", file, level: null))
        using (var factory = LoggerFactory.Create(logging => logging.AddSerilog(logger)))
        {
            write(factory.CreateLogger("Evergrain.Tests"));
        }

        return JsonSerializer.Deserialize<JsonElement>(Assert.Single(File.ReadAllLines(file)));
    }
}
