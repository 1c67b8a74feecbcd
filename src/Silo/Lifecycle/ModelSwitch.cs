using Evergrain.Engine;

namespace Evergrain.Silo.Lifecycle;

/// <summary>
/// Changes the model without a gap: the new one is opened and checked beside the old one, which goes on serving; calls that come after the switch go to the new one,
/// and the old one is closed when its last call has its answer. A call is answered by one of the two, never by both.
/// </summary>
internal sealed partial class ModelSwitch(
    EngineHost host, EngineOpener opener, ServedEngine served, EngineOptions options, TimeProvider time, ILogger<ModelSwitch> logger) : IDisposable
{
    /// <summary>A caller that took the old engine a moment ago may not have entered it yet.</summary>
    private static readonly TimeSpan Entering = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string _path = options.ModelPath;

    /// <summary>Folder of the model that is served, or is to be.</summary>
    public string Path => Volatile.Read(ref _path);

    /// <summary>Serves another model.</summary>
    /// <returns>What was before, and what is now.</returns>
    /// <exception cref="ModelRefusedException">The new one cannot serve; the old one still does.</exception>
    /// <exception cref="InvalidOperationException">This silo serves no model now, or another change is under way.</exception>
    public async Task<(ModelIdentity Before, string PathBefore, ModelIdentity Now)> UseAsync(string path, CancellationToken cancellationToken)
    {
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellationToken)) throw new InvalidOperationException("the model is being changed already");
        try
        {
            if (served.Current is not { } old) throw new InvalidOperationException("this silo has no model yet");
            var next = await opener.OpenAsync(path, cancellationToken);
            if (!host.Replace(old, next))
            {
                await next.DisposeAsync();
                throw new InvalidOperationException("this silo stopped serving meanwhile");
            }

            opener.Watch(next);
            var before = Path;
            Volatile.Write(ref _path, path);
            Log.Changed(logger, old.Model.Version, next.Model.Version, path);
            _ = CloseAsync(old);
            return (old.Model, before, next.Model);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task CloseAsync(IInferenceEngine old)
    {
        try
        {
            var began = time.GetTimestamp();
            await Task.Delay(Entering, time);
            while (old.Load.InFlight > 0 && time.GetElapsedTime(began) < LongestCall) await Task.Delay(Look, time);
            await old.DisposeAsync();
        }
#pragma warning disable CA1031 // Nobody waits for this.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotClosed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The model {Before} is followed by {After} of {Path}")]
        public static partial void Changed(ILogger logger, string before, string after, string path);

        [LoggerMessage(Level = LogLevel.Error, Message = "The model before did not close")]
        public static partial void NotClosed(ILogger logger, Exception exception);
    }
}
