using System.Collections.Immutable;

namespace Evergrain.WebUI.App.Gateways;

/// <summary>Which gateways answer, in which order to try them, and what changed. Every call tells it how it went.</summary>
internal sealed class GatewayBook(TimeProvider time)
{
    private const int KeptChanges = 200;

    private ImmutableArray<GatewayState> _states = [];
    private int _turn;

    /// <summary>Told of each change.</summary>
    public event Action? Changed;

    public ImmutableArray<GatewayState> States => _states;

    /// <summary>Losses and returns, oldest first.</summary>
    public ImmutableList<GatewayChange> Changes { get; private set; } = [];

    /// <summary>Not one answers, though each was asked.</summary>
    public bool AllDown => !_states.IsEmpty && _states.All(s => s.IsUp == false);

    public void Use(PageSettings settings) => _states = [.. settings.Gateways.Select(g => new GatewayState(g, null, time.GetUtcNow()))];

    /// <summary>Those that answered last time first. A page keeps to one gateway, so that the others' are free for other pages; a file takes turns.</summary>
    /// <param name="spread">Begin with the next one at each call.</param>
    public ImmutableArray<GatewayAddress> Order(bool spread)
    {
        var start = spread && _states.Length > 0 ? _turn++ % _states.Length : 0;
        return [.. Enumerable.Range(0, _states.Length).Select(i => _states[(start + i) % _states.Length]).OrderBy(s => s.IsUp == false).Select(s => s.Address)];
    }

    public void Answered(GatewayAddress gateway) => Note(gateway, true);

    public void Failed(GatewayAddress gateway) => Note(gateway, false);

    private void Note(GatewayAddress gateway, bool up)
    {
        var i = 0;
        while (i < _states.Length && _states[i].Address != gateway) i++;
        if (i == _states.Length || _states[i].IsUp == up) return;
        var now = time.GetUtcNow();
        // The first answer of a gateway is no return.
        if (!up || _states[i].IsUp is not null)
        {
            Changes = Changes.Add(new GatewayChange(now, gateway.Name, up));
            if (Changes.Count > KeptChanges) Changes = Changes.RemoveAt(0);
        }

        _states = _states.SetItem(i, _states[i] with { IsUp = up, Since = now });
        Changed?.Invoke();
    }
}
