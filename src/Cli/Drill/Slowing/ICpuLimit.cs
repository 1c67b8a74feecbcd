namespace Evergrain.Cli.Drill.Slowing;

/// <summary>Gives a process a part of one core until it is disposed.</summary>
internal interface ICpuLimit : IAsyncDisposable
{
    /// <summary>By what: "cgroup v1", "cgroup v2" or "SIGSTOP and SIGCONT".</summary>
    string By { get; }
}
