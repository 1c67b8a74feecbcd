namespace Evergrain.Client.Picking;

/// <summary>
/// Hysteresis over a silo's device load and memory: without it a silo at a threshold would be in and out with every report. Memory counts in
/// readings, not reports: the same reading rides on many reports, and one high reading is no trend however often it is told.
/// </summary>
/// <param name="LoadHigh">Over 75 % load, until it is under 65 %.</param>
/// <param name="MemoryFull">Over 85 % memory in three readings in a row, until one is under 75 %.</param>
/// <param name="HighReadings">Readings over 85 % in a row, up to three.</param>
/// <param name="Reading">Number of the last reading that was counted; 0 where none was.</param>
internal readonly record struct LoadGates(bool LoadHigh, bool MemoryFull, int HighReadings, long Reading)
{
    /// <summary>Over this a device is busy.</summary>
    public const double HighLoad = 0.75;

    private const double LoadLow = 0.65;
    private const double MemoryHigh = 0.85;
    private const double MemoryLow = 0.75;
    private const int ReadingsNeeded = 3;

    /// <param name="load">Device load, 0..1. It may be newer than the reading: where a device does not tell its load, the silo reports how
    /// busy its own threads are.</param>
    /// <param name="memory">Device memory, 0..1.</param>
    /// <param name="reading">Number of the reading that they are of; 0 where there is none.</param>
    public LoadGates Next(double load, double memory, long reading)
    {
        var next = this with { LoadHigh = LoadHigh ? load >= LoadLow : load > HighLoad };
        if (reading <= Reading) return next;
        var high = memory > MemoryHigh ? Math.Min(HighReadings + 1, ReadingsNeeded) : 0;
        return next with { MemoryFull = MemoryFull ? memory >= MemoryLow : high >= ReadingsNeeded, HighReadings = high, Reading = reading };
    }
}
