using System.Collections.Immutable;
using Evergrain.Engine;

namespace Evergrain.Silo.Telemetry;

/// <summary>Puts the lines of nvidia-smi together: a round names each device once, by rising index. One writer, any number of readers.</summary>
/// <param name="wanted">Devices that count, as the YAML names them; empty: all that nvidia-smi lists.</param>
/// <param name="devices">What the engine says of its devices now.</param>
/// <param name="time">The clock.</param>
internal sealed class NvidiaSmiSamples(ImmutableHashSet<string> wanted, Func<ImmutableArray<DeviceUse>> devices, TimeProvider time)
{
    /// <summary>Four times the sampling period.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    // By index, the newest of each: of a round that is not complete yet the last one's rest counts.
    private readonly SortedDictionary<int, NvidiaSmiLine> _lines = [];
    private readonly HashSet<int> _round = [];
    private int _last = int.MaxValue;
    private long _number;
    private Taken? _taken;
    private string _problem = "nvidia-smi has not said anything yet";

    /// <summary>The newest reading; with nothing known where it is older than 2 s.</summary>
    public DeviceSample Current
    {
        get
        {
            if (Volatile.Read(ref _taken) is not { } taken) return DeviceSample.None with { Problem = Volatile.Read(ref _problem) };
            var age = time.GetElapsedTime(taken.At);
            if (age < Fresh) return taken.Sample;
            return new DeviceSample(taken.Sample.Number, null, null, [], Volatile.Read(ref _problem) is { Length: > 0 } problem ? problem : $"nvidia-smi has been silent for {age.TotalSeconds:F0} s");
        }
    }

    /// <summary>Takes a line in.</summary>
    /// <returns>False where it is no reading.</returns>
    public bool Add(string text)
    {
        if (NvidiaSmiLine.Parse(text) is not { } line)
        {
            Explain("nvidia-smi prints what is no reading");
            return false;
        }

        if (!wanted.IsEmpty && !wanted.Contains(Name(line))) return true;
        if (line.Index <= _last)
        {
            foreach (var gone in _lines.Keys.Where(index => !_round.Contains(index)).ToList()) _lines.Remove(gone);
            _round.Clear();
            _number++;
        }

        _last = line.Index;
        _round.Add(line.Index);
        _lines[line.Index] = line;
        Volatile.Write(ref _problem, "");
        Volatile.Write(ref _taken, new Taken(time.GetTimestamp(), Sample()));
        return true;
    }

    /// <summary>Why nothing comes.</summary>
    public void Explain(string problem) => Volatile.Write(ref _problem, problem);

    private static string Name(NvidiaSmiLine line) => $"cuda:{line.Index}";

    private DeviceSample Sample()
    {
        var own = devices();
        var loads = _lines.Values.Where(line => line.Load is not null).Select(line => line.Load!.Value).ToList();
        var memories = _lines.Values.Where(line => line.MemoryTotal is not null).Select(line => (double)line.MemoryUsed!.Value / line.MemoryTotal!.Value).ToList();
        return new DeviceSample(
            _number,
            loads.Count > 0 ? loads.Average() : null,
            memories.Count > 0 ? memories.Max() : null,
            [.. _lines.Values.Select(line => new DeviceReading
            {
                Device = Name(line),
                Load = line.Load,
                OwnLoad = own.Where(device => device.Device == Name(line)).Select(device => (double?)device.BusyShare).FirstOrDefault(),
                MemoryUsed = line.MemoryUsed,
                MemoryTotal = line.MemoryTotal,
                Temperature = line.Temperature,
                EccErrors = line.EccErrors,
            })],
            loads.Count == 0 ? "nvidia-smi does not know the load" : memories.Count == 0 ? "nvidia-smi does not know the memory" : null);
    }

    private sealed record Taken(long At, DeviceSample Sample);
}
