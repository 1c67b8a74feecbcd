using Evergrain.Hosting;

namespace Evergrain.Cli.Supervision;

/// <summary>The supervisor's times. Tests shorten them; people have no reason to.</summary>
internal sealed record SupervisorOptions
{
    /// <summary>Between two looks at a child's health.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>One look; no answer by then counts as none.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A child that has answered before and now does not for this long is killed. The count starts at its last answer, and a
    /// look that finds none takes <see cref="ProbeTimeout"/>: a frozen process ends within this and 3 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for a gateway or a web page. Shorter: others take over a silent silo's calls at once, but callers of a shared address meet
    /// the frozen process until it is gone, and the promise is 10 s.</summary>
    public TimeSpan FrontSilence { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>The same for a child that never answered yet: it may be loading a model.</summary>
    public TimeSpan FirstAnswer { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan FirstRestartDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxRestartDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Health for this long makes the next restart a first one again.</summary>
    public TimeSpan HealthyReset { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gateways go first, so that no request meets a silo that is leaving; after this long the silos are told as well.</summary>
    public TimeSpan GatewayGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first signal to SIGKILL for whoever is left; the whole stop ends within 15 s.</summary>
    public TimeSpan KillAfter { get; init; } = TimeSpan.FromSeconds(14);

    /// <summary>From SIGTERM to SIGKILL for one child that a person stops.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After this long without a prediction <c>up</c> says once why.</summary>
    public TimeSpan ExplainAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long ports may stay taken at start: children of a killed <c>up</c> drain, at most until their hard exit.</summary>
    public TimeSpan PortsFree { get; init; } = HardExit.After + TimeSpan.FromSeconds(2);

    /// <summary>Between two looks at the room on the disk of logs and state.</summary>
    public TimeSpan DiskInterval { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan SilenceOf(string kind) => kind == ChildSpec.Silo ? Silence : FrontSilence;
}
