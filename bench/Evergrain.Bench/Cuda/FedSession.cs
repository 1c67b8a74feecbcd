using System.Globalization;
using System.Runtime.InteropServices;
using Evergrain.Bench.Throughput;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Evergrain.Bench.Cuda;

/// <summary>How inputs get to the device and logits back.</summary>
internal enum Feeding
{
    /// <summary>Ordinary memory, which the driver copies through a buffer of its own.</summary>
    Plain,

    /// <summary>Memory that the device reads and writes by itself.</summary>
    Pinned,

    /// <summary>Buffers on the device that are used again and again.</summary>
    Bound,

    /// <summary>The same, and all kernels of a size are started as one.</summary>
    Graph,
}

/// <summary>A session on a CUDA device.</summary>
internal sealed class FedSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly int _device;
    private readonly Feeding _feeding;
    // A tensor is given back to its allocator, which must still be there then.
    private readonly List<OrtAllocator> _allocators = [];
    private int _graphs;

    public FedSession(string model, int device, bool tf32, Feeding feeding)
    {
        (_device, _feeding) = (device, feeding);
        using var options = BareRuntime.Plain(threads: 1, device, tf32, feeding == Feeding.Graph);
        _session = new InferenceSession(model, options);
    }

    public PreparedRun Prepare(int rows, int length) => _feeding switch
    {
        Feeding.Plain => new PlainRun(_session, rows, length, (type, shape) => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape)),
        Feeding.Pinned => new PlainRun(_session, rows, length, PinnedTensor),
        _ => new BoundRun(_session, rows, length, DeviceTensor, _feeding == Feeding.Graph ? _graphs++ : null),
    };

    public void Dispose()
    {
        foreach (var allocator in _allocators) allocator.Dispose();
        _session.Dispose();
    }

    private OrtValue PinnedTensor(TensorElementType type, long[] shape) => Tensor("CudaPinned", OrtMemType.CpuOutput, type, shape);

    private OrtValue DeviceTensor(TensorElementType type, long[] shape) => Tensor("Cuda", OrtMemType.Default, type, shape);

    private OrtValue Tensor(string memory, OrtMemType kind, TensorElementType type, long[] shape)
    {
        using var info = new OrtMemoryInfo(memory, OrtAllocatorType.DeviceAllocator, _device, kind);
        var allocator = new OrtAllocator(_session, info);
        _allocators.Add(allocator);
        return OrtValue.CreateAllocatedTensorValue(allocator, type, shape);
    }
}

/// <summary>One batch, ready to be run again and again: ids from a seed, nothing padded.</summary>
internal abstract class PreparedRun : IDisposable
{
    protected static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];
    protected static readonly string[] Outputs = ["logits"];

    protected PreparedRun(int rows, int length)
    {
        var random = new Random(rows);
        Ids = [.. Enumerable.Range(0, rows * length).Select(_ => (long)random.Next(5, 5000))];
        Mask = [.. Enumerable.Repeat(1L, rows * length)];
        Types = new long[rows * length];
        Logits = new float[rows * 2];
    }

    public float[] Logits { get; }

    protected long[] Ids { get; }

    protected long[] Mask { get; }

    protected long[] Types { get; }

    /// <summary>Inputs there, run, logits back.</summary>
    public abstract void Once();

    public abstract void Dispose();
}

internal sealed class PlainRun : PreparedRun
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    public PlainRun(InferenceSession session, int rows, int length, Func<TensorElementType, long[], OrtValue> tensor)
        : base(rows, length)
    {
        _session = session;
        _inputs = [.. Inputs.Select(_ => tensor(TensorElementType.Int64, [rows, length]))];
        _outputs = [tensor(TensorElementType.Float, [rows, 2])];
    }

    public override void Once()
    {
        Ids.CopyTo(_inputs[0].GetTensorMutableDataAsSpan<long>());
        Mask.CopyTo(_inputs[1].GetTensorMutableDataAsSpan<long>());
        Types.CopyTo(_inputs[2].GetTensorMutableDataAsSpan<long>());
        _session.Run(_options, Inputs, _inputs, Outputs, _outputs);
        _outputs[0].GetTensorDataAsSpan<float>().CopyTo(Logits);
    }

    public override void Dispose()
    {
        foreach (var value in _inputs.Concat(_outputs)) value.Dispose();
        _options.Dispose();
    }
}

internal sealed class BoundRun : PreparedRun
{
    private const int ToDevice = 1;
    private const int ToHost = 2;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtIoBinding _binding;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue _logits;

    public BoundRun(InferenceSession session, int rows, int length, Func<TensorElementType, long[], OrtValue> tensor, int? graph)
        : base(rows, length)
    {
        _session = session;
        _inputs = [.. Inputs.Select(_ => tensor(TensorElementType.Int64, [rows, length]))];
        _logits = tensor(TensorElementType.Float, [rows, 2]);
        _binding = session.CreateIoBinding();
        foreach (var (name, value) in Inputs.Zip(_inputs)) _binding.BindInput(name, value);
        _binding.BindOutput("logits", _logits);
        if (graph is { } id) _options.AddRunConfigEntry("gpu_graph_id", id.ToString(CultureInfo.InvariantCulture));
    }

    public override void Once()
    {
        Copy(_inputs[0], Ids);
        Copy(_inputs[1], Mask);
        Copy(_inputs[2], Types);
        // The copies run on the default stream, the session on its own.
        Require(cudaStreamSynchronize(0));
        _session.RunWithBinding(_options, _binding);
        _binding.SynchronizeBoundOutputs();
        Require(cudaMemcpy(Logits, Address(_logits), (nuint)(Logits.Length * sizeof(float)), ToHost));
    }

    public override void Dispose()
    {
        _binding.Dispose();
        foreach (var value in _inputs) value.Dispose();
        _logits.Dispose();
        _options.Dispose();
    }

    private static void Copy(OrtValue to, long[] from) => Require(cudaMemcpy(Address(to), from, (nuint)(from.Length * sizeof(long)), ToDevice));

    private static unsafe nint Address(OrtValue value)
    {
        fixed (byte* at = &MemoryMarshal.GetReference(value.GetTensorMutableRawData())) return (nint)at;
    }

    private static void Require(int error)
    {
        if (error != 0) throw new InvalidOperationException($"CUDA error {error}");
    }

#pragma warning disable CA1707, CA5392, IDE1006, SYSLIB1054 // as CUDA names them; found where the runtime itself has just loaded it
    [DllImport("libcudart.so.13")]
    private static extern int cudaMemcpy(nint to, long[] from, nuint bytes, int kind);

    [DllImport("libcudart.so.13")]
    private static extern int cudaMemcpy(float[] to, nint from, nuint bytes, int kind);

    [DllImport("libcudart.so.13")]
    private static extern int cudaStreamSynchronize(nint stream);
#pragma warning restore CA1707, CA5392, IDE1006, SYSLIB1054
}
