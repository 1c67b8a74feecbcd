using System.Globalization;

namespace Evergrain.Engine.Sessions;

/// <summary>Which device a slot runs on, as the configuration writes it: "cpu" or "cuda:0".</summary>
internal readonly record struct DeviceSpec
{
    private DeviceSpec(int? cudaId) => CudaId = cudaId;

    public static DeviceSpec Cpu { get; } = new(null);

    /// <summary>Number of the CUDA device; null for the CPU.</summary>
    public int? CudaId { get; }

    /// <exception cref="ModelRefusedException">Not the name of a device; says which names there are.</exception>
    public static DeviceSpec Parse(string device)
    {
        if (device == "cpu") return Cpu;
        if (device.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(device.AsSpan("cuda:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return new DeviceSpec(id);
        }

        throw new ModelRefusedException(
            device == "auto"
                ? "The device 'auto' is not supported yet: name each device, such as cpu or cuda:0."
                : $"The device '{device}' is not known: write cpu, or cuda:N with the device's number, such as cuda:0.");
    }

    public override string ToString() => CudaId is { } id ? $"cuda:{id}" : "cpu";
}
