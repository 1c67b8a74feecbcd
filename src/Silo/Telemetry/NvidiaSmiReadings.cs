using System.Collections.Immutable;
using System.Globalization;
using Evergrain.Engine;

namespace Evergrain.Silo.Telemetry;

/// <summary>From the lines of nvidia-smi to samples. One thread writes; any thread reads, without a lock.</summary>
/// <param name="indexes">The devices that count, by nvidia-smi's numbers; all that it lists where there are none.</param>
/// <param name="devices">What the engine says of its devices now; empty while none is open.</param>
/// <param name="time">The clock.</param>
internal sealed class NvidiaSmiReadings(ImmutableArray<int> indexes, Func<ImmutableArray<DeviceUse>> devices, TimeProvider time)
{
    /// <summary>A reading that is older says nothing: four lines have not come.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>A sample is kept that long where no line comes: the engine's own share in it goes on changing.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);

    private const int QuotedChars = 80;

    private State _state = new(NvidiaSmiRound.None, null, null, null);
    private Taken? _taken;

    public DeviceSample Current
    {
        get
        {
            var (state, taken) = (Volatile.Read(ref _state), Volatile.Read(ref _taken));
            if (taken is not null && taken.Of == state && time.GetElapsedTime(taken.At) < Age) return taken.Sample;

            // Two threads may both do it; either sample will do.
            var sample = IsFresh(state.ReadAt) ? Known(state) : Unknown(state);
            Volatile.Write(ref _taken, new(state, time.GetTimestamp(), sample));
            return sample;
        }
    }

    public void Take(string text)
    {
        var now = time.GetTimestamp();
        Volatile.Write(ref _state, NvidiaSmiLine.Parse(text) is { } line
            ? _state with { Round = _state.Round.With(line), ReadAt = now, Trouble = null }
            : _state with { Rubbish = (Quote(text), now) });
    }

    public void Started() => Volatile.Write(ref _state, _state with { Round = _state.Round.Restarted() });

    /// <param name="trouble">Why no line comes for now: "nvidia-smi is not on the PATH".</param>
    public void Stopped(string trouble) => Volatile.Write(ref _state, _state with { Trouble = trouble });

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"cuda:{index}");

    private static string Quote(string text)
        => string.Concat(text.Take(QuotedChars).Select(c => char.IsControl(c) ? '?' : c));

    private DeviceSample Known(State state)
    {
        var use = devices();
        ImmutableArray<DeviceReading> readings =
            [.. (indexes.IsEmpty ? state.Round.Lines.Keys : indexes).Select(index => Reading(index, state.Round.Lines.GetValueOrDefault(index), use))];
        return new(
            state.Round.Number,
            readings.Average(reading => reading.Load),
            readings.Max(reading => (double?)reading.MemoryUsed / reading.MemoryTotal),
            readings,
            Missing(readings) ?? RecentRubbish(state));
    }

    private DeviceSample Unknown(State state)
    {
        var use = devices();
        var listed = indexes.IsEmpty ? state.Round.Lines.Keys : indexes;
        return new(state.Round.Number, null, null, [.. listed.Select(index => Reading(index, null, use))], Silence(state));
    }

    private static DeviceReading Reading(int index, NvidiaSmiLine? line, ImmutableArray<DeviceUse> use)
    {
        var name = Name(index);
        var own = use.Where(device => device.Device == name).Select(device => (double?)device.BusyShare).FirstOrDefault();
        return new()
        {
            Device = name,
            Load = line?.Load,
            OwnLoad = own,
            MemoryUsed = line?.MemoryUsed,
            MemoryTotal = line?.MemoryTotal,
            Temperature = line?.Temperature,
            EccErrors = line?.EccErrors,
        };
    }

    /// <summary>What routing needs and is not there; temperature and ECC errors are for people, and many devices have none to tell.</summary>
    private static string? Missing(ImmutableArray<DeviceReading> readings)
    {
        var load = readings.Where(reading => reading.Load is null).Select(reading => reading.Device).ToList();
        if (load.Count > 0) return $"nvidia-smi does not tell the utilization of {string.Join(", ", load)}";
        var memory = readings.Where(reading => reading.MemoryUsed is null || reading.MemoryTotal is null).Select(reading => reading.Device).ToList();
        return memory.Count > 0 ? $"nvidia-smi does not tell the memory of {string.Join(", ", memory)}" : null;
    }

    private string Silence(State state)
        => state.Trouble ?? RecentRubbish(state)
            ?? (state.ReadAt is null ? "nvidia-smi has given no reading yet" : $"nvidia-smi has given no reading for {Fresh.TotalSeconds:0} s");

    private string? RecentRubbish(State state)
        => state.Rubbish is { } rubbish && IsFresh(rubbish.At) ? $"nvidia-smi printed a line that is no reading: \"{rubbish.Text}\"" : null;

    private bool IsFresh(long? at) => at is { } then && time.GetElapsedTime(then) <= Fresh;

    private sealed record State(NvidiaSmiRound Round, long? ReadAt, (string Text, long At)? Rubbish, string? Trouble);

    private sealed record Taken(State Of, long At, DeviceSample Sample);
}
