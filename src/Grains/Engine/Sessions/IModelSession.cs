namespace Evergrain.Engine.Sessions;

/// <summary>One model on one device. Used by one thread at a time.</summary>
internal interface IModelSession : IDisposable
{
    /// <summary>Runs a batch.</summary>
    /// <returns>Logits, float [rows, labels], row by row; valid until the next run.</returns>
    /// <exception cref="Exception">Whatever the runtime throws; the batcher then runs the rows one by one.</exception>
    ReadOnlySpan<float> Run(PaddedBatch batch);

    /// <summary>One more for another thread, over the same weights: they are in memory once.</summary>
    IModelSession Share();
}

/// <summary>Opens a session for a package on a device.</summary>
internal delegate IModelSession SessionFactory(Models.ModelPackage package, DeviceSpec device, int threads);
