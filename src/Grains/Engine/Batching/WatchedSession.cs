using Evergrain.Engine.Sessions;

namespace Evergrain.Engine.Batching;

/// <summary>A session that can be seen to hang.</summary>
internal sealed class WatchedSession(IModelSession session) : IModelSession
{
    // Odd while a run is under way.
    private long _runs;
    private long _seen;
    private int _looks;

    public ReadOnlySpan<float> Run(PaddedBatch batch)
    {
        Interlocked.Increment(ref _runs);
        try
        {
            return session.Run(batch);
        }
        finally
        {
            Interlocked.Increment(ref _runs);
        }
    }

    /// <summary>Called by one thread at even intervals. Looks are counted, not time: a process that was frozen has not waited.</summary>
    /// <returns>How many looks in a row met the same run, this one included.</returns>
    public int Look()
    {
        var runs = Interlocked.Read(ref _runs);
        _looks = runs % 2 == 0 ? 0 : runs == _seen ? _looks + 1 : 1;
        _seen = runs;
        return _looks;
    }

    public IModelSession Share() => session.Share();

    public void Dispose() => session.Dispose();
}
