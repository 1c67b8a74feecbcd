using System.Collections.Immutable;
using System.Globalization;

namespace Evergrain.Engine.Sessions;

/// <summary>Which device a slot runs on, as the configuration writes it: "cpu" or "cuda:0".</summary>
internal readonly record struct DeviceSpec
{
    private DeviceSpec(int? cudaId) => CudaId = cudaId;

    public static DeviceSpec Cpu { get; } = new(null);

    /// <summary>Number of the CUDA device; null for the CPU.</summary>
    public int? CudaId { get; }

    /// <summary>Bytes that the runtime's arena may take of a CUDA device; 0: all that it wants.</summary>
    public long CudaMemory { get; init; }

    /// <exception cref="ModelRefusedException">Not the name of a device; says which names there are.</exception>
    public static DeviceSpec Parse(string device)
    {
        if (device == "cpu") return Cpu;
        if (device.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(device.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return new DeviceSpec(id);
        }

        throw new ModelRefusedException($"The device '{device}' is not known: write cpu, or cuda:N with the device's number, such as cuda:0; or auto alone.");
    }

    /// <summary>The devices that are meant: "auto" stands for every CUDA device of the machine that this build can use, and for the CPU where there is none.</summary>
    /// <param name="named">As in the configuration.</param>
    /// <param name="cudaCount">Counts the CUDA devices that can be used.</param>
    public static ImmutableArray<string> Resolve(ImmutableArray<string> named, Func<int> cudaCount)
    {
        if (named is not ["auto"]) return named;
        var count = cudaCount();
        return count > 0 ? [.. Enumerable.Range(0, count).Select(id => $"cuda:{id}")] : ["cpu"];
    }

    public override string ToString() => CudaId is { } id ? $"cuda:{id}" : "cpu";
}
