namespace Evergrain.WebUI.App.Tables;

/// <summary>Long work on the browser's one thread, in slices: it gets to paint, and to hear clicks, in between.</summary>
internal sealed class Slices(TimeProvider time)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(30);

    private long _began = time.GetTimestamp();

    /// <summary>Call it now and then; it lets the browser have a turn when the slice is over.</summary>
    public async ValueTask BreatheAsync()
    {
        if (time.GetElapsedTime(_began) < Slice) return;
        // A delay, not a yield: that would come back before the browser has painted.
        await Task.Delay(TimeSpan.FromMilliseconds(1), time);
        _began = time.GetTimestamp();
    }
}
