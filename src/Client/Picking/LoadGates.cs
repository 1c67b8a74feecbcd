namespace Evergrain.Client.Picking;

/// <summary>
/// Hysteresis over a silo's device load and memory, one value per report: without it a silo at a threshold would be in and
/// out with every report.
/// </summary>
internal readonly record struct LoadGates(bool LoadHigh, bool MemoryFull, int MemorySamples)
{
    private const double LoadLow = 0.65;
    private const double MemoryHigh = 0.85;
    private const double MemoryLow = 0.75;
    private const int MemorySamplesNeeded = 3;

    /// <param name="load">Device load, 0..1.</param>
    /// <param name="memory">Device memory, 0..1.</param>
    public LoadGates Next(double load, double memory)
    {
        var loadHigh = LoadHigh ? load >= LoadLow : load > PickPolicy.HighLoad;
        var samples = memory > MemoryHigh ? Math.Min(MemorySamples + 1, MemorySamplesNeeded) : 0;
        var full = MemoryFull ? memory >= MemoryLow : samples >= MemorySamplesNeeded;
        return new LoadGates(loadHigh, full, samples);
    }
}
