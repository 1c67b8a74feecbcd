using System.Diagnostics;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Supervision;

/// <summary>A folder with a YAML file, what the supervisor printed, and waiting with a bound.</summary>
internal sealed class Scene : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evergrain-test-");
    private readonly StringWriter _output = new();

    public Scene(string yaml = "")
    {
        Config = ConfigLoader.Parse(yaml, Path.Combine(_folder.FullName, "evergrain.yaml"));
        Output = TextWriter.Synchronized(_output);
    }

    /// <summary>Everything that takes seconds takes a fraction of one.</summary>
    public static SupervisorOptions Fast { get; } = new()
    {
        PollInterval = TimeSpan.FromMilliseconds(50),
        ProbeTimeout = TimeSpan.FromMilliseconds(300),
        Silence = TimeSpan.FromSeconds(1),
        FrontSilence = TimeSpan.FromSeconds(1),
        FirstAnswer = TimeSpan.FromSeconds(15),
        FirstRestartDelay = TimeSpan.FromMilliseconds(20),
        MaxRestartDelay = TimeSpan.FromMilliseconds(100),
        GatewayGrace = TimeSpan.FromMilliseconds(500),
        KillAfter = TimeSpan.FromSeconds(1),
        StopLimit = TimeSpan.FromSeconds(1),
        PortsFree = TimeSpan.FromMilliseconds(300),
    };

    public EvergrainConfig Config { get; }

    public StateFolder Folder => new(Config);

    public TextWriter Output { get; }

    public string Printed
    {
        get
        {
            // The children's loops write to it, under this lock.
            lock (Output)
                return _output.ToString();
        }
    }

    public Supervisor Supervise(params FakeChild[] children) => Supervise(Fast, children);

    public Supervisor Supervise(SupervisorOptions options, params FakeChild[] children)
    {
        var supervisor = new Supervisor(children.Select(c => c.Spec), Folder, options, Output, TimeProvider.System);
        supervisor.Start();
        return supervisor;
    }

    /// <summary>Polls until it is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Bound, otherwise());
            await Task.Delay(20);
        }
    }

    public Task UntilPrintedAsync(string text) => UntilAsync(() => Printed.Contains(text, StringComparison.Ordinal), () => $"never printed '{text}':\n{Printed}");

    public static bool IsRunning(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
