namespace Evergrain.WebUI;

/// <summary>Whether this host leaves.</summary>
internal sealed class HostState
{
    private volatile bool _draining;

    public bool Draining
    {
        get => _draining;
        set => _draining = value;
    }
}
