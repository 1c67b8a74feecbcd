namespace Evergrain.Bench.Baseline;

/// <summary>A whole service that answers POST /predict, and what may happen to it.</summary>
internal interface IStack : IAsyncDisposable
{
    /// <summary>As the table says it.</summary>
    string Name { get; }

    /// <summary>The one address that callers know.</summary>
    Uri Address { get; }

    /// <summary>kill -9 of one of the two processes that run the model.</summary>
    Task KillOneAsync(CancellationToken cancellationToken);

    /// <summary>SIGSTOP of the same one, and SIGCONT after that time.</summary>
    Task FreezeOneAsync(TimeSpan length, CancellationToken cancellationToken);

    /// <summary>Restarts every process, as an upgrade does.</summary>
    Task RestartAllAsync(CancellationToken cancellationToken);

    /// <summary>Waits until both answer again.</summary>
    Task WaitUntilWholeAsync(CancellationToken cancellationToken);
}
