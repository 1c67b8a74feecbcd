using Evergrain.Hosting;

namespace Evergrain.Silo.Lifecycle;

/// <summary>The end of a process whose device failed: what a driver holds of a broken device goes only with its process.</summary>
internal sealed class DeviceExit(IHostApplicationLifetime lifetime)
{
    /// <summary>Exit code that tells a supervisor that a device failed.</summary>
    public const int Code = 70;

    private volatile bool _begun;

    public bool Begun => _begun;

    /// <summary>Stops the host, which waits for the calls inside: each is refused, and answered by another silo.</summary>
    public void Begin()
    {
        _begun = true;
        HardExit.Code = Code;
        lifetime.StopApplication();
    }
}
