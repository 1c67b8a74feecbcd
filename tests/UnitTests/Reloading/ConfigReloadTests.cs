using System.Diagnostics.Metrics;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Reloading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Evergrain.UnitTests.Reloading;

/// <summary>The reload of one process, with a file on disk.</summary>
public sealed class ConfigReloadTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evergrain-test-");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<string> _counted = [];
    private readonly Lines _log = new();
    private readonly Part _part = new();

    private string File => Path.Combine(_folder.FullName, "evergrain.yaml");

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Reload_LimitChanged_AppliedOnceAndSaid()
    {
        using var reload = Start("limits: { texts: 10 }");
        Write("limits: { texts: 20 }");
        reload.Reload();
        reload.Reload();
        Assert.Equal([20], _part.Texts);
        Assert.Equal(["applied", "unchanged"], _counted);
        Assert.Equal([$"Information {File} is read again: limits.texts 10 -> 20", $"Information {File} is read again: nothing changed that can change now"], _log.All);
    }

    [Fact]
    public void Reload_FileWithErrors_AppliesNothingAndSaysAllOfThem()
    {
        using var reload = Start("limits: { texts: 10 }");
        Write("limits: { texts: 20, bodybytes: 5 }\nrouting: { deadline: soon }");
        reload.Reload();
        Assert.Empty(_part.Texts);
        Assert.Equal(["refused"], _counted);
        var line = Assert.Single(_log.All);
        Assert.StartsWith("Error The settings stay as they were: ", line, StringComparison.Ordinal);
        Assert.All(new[] { "2 errors", "line 1: limits.bodybytes", "line 2: routing.deadline: 'soon'" }, part => Assert.Contains(part, line, StringComparison.Ordinal));

        Write("limits: { texts: 30 }");
        reload.Reload();
        Assert.Equal([30], _part.Texts);
    }

    [Fact]
    public void Reload_FileGone_AppliesNothing()
    {
        using var reload = Start("limits: { texts: 10 }");
        System.IO.File.Delete(File);
        reload.Reload();
        Assert.Equal((0, 1), (_part.Texts.Count, _counted.Count(c => c == "refused")));
    }

    [Fact]
    public void Reload_NeedsARestart_OneWarningWithTheKeysEachTimeUntilThen()
    {
        using var reload = Start("cluster: { id: a }");
        Write("cluster: { id: b }\ntracing: { ratio: 1 }");
        reload.Reload();
        reload.Reload();
        Assert.Empty(_part.Texts);
        Assert.Equal(2, _log.All.Count(line => line == "Warning gateway-a has to be restarted for: cluster.id, tracing.ratio"));
    }

    [Fact]
    public void Reload_PartRunsWithSomethingElse_ThatCounts()
    {
        _part.ClusterId = "b";
        using var reload = Start("cluster: { id: a }");
        Write("cluster: { id: b }");
        reload.Reload();
        Assert.DoesNotContain(_log.All, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Reload_PartFails_IsLoggedAndTriedAgain()
    {
        using var reload = Start("limits: { texts: 10 }");
        Write("limits: { texts: 20 }");
        _part.Fails = true;
        reload.Reload();
        Assert.Equal(["refused"], _counted);
        _part.Fails = false;
        reload.Reload();
        Assert.Equal([20], _part.Texts);
    }

    private ConfigReload Start(string yaml)
    {
        Write(yaml);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "evergrain.process.reloads" && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>()) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _counted.Add((string)tags[0].Value!));
        _listener.Start();
        return new ConfigReload(
            new ProcessIdentity("gateway", "gateway-a", ConfigLoader.Load(File)), [_part], new ReloadMetrics(_services.GetRequiredService<IMeterFactory>()), _log);
    }

    private void Write(string yaml) => System.IO.File.WriteAllText(File, yaml);

    private sealed class Part : ILiveConfig
    {
        public List<int> Texts { get; } = [];

        public string? ClusterId { get; set; }

        public bool Fails { get; set; }

        public EvergrainConfig Correct(EvergrainConfig running) => ClusterId is null ? running : running with { Cluster = running.Cluster with { Id = ClusterId } };

        public void Apply(EvergrainConfig config)
        {
            if (Fails) throw new InvalidOperationException("not now");
            Texts.Add(config.Limits.Texts);
        }
    }

    private sealed class Lines : ILogger<ConfigReload>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => All.Add($"{logLevel} {formatter(state, exception)}");
    }
}
