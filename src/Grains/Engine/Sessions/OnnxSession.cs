using System.Globalization;
using Evergrain.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Engine.Sessions;

/// <summary>A session of ONNX Runtime. The runtime's own may run on several threads at a time; what this adds to it may not.</summary>
internal sealed class OnnxSession : IModelSession
{
    private readonly SharedSession _shared;
    private readonly RunOptions _runOptions = new();
    private readonly int _labels;
    private float[] _logits = [];

    private OnnxSession(SharedSession shared, int labels) => (_shared, _labels) = (shared, labels);

    /// <exception cref="ModelRefusedException">The device is not there, the file is no model, or not of the shape needed.</exception>
    public static IModelSession Open(ModelPackage package, DeviceSpec device, int threads)
    {
        InferenceSession? session = null;
        try
        {
            using var options = Options(device, threads);
            session = new InferenceSession(package.ModelPath, options);
            ModelShape.Check(package, session.InputMetadata, session.OutputMetadata);
            return new OnnxSession(new SharedSession(session), package.Manifest.Labels.Length);
        }
        catch (OnnxRuntimeException e)
        {
            session?.Dispose();
            throw new ModelRefusedException($"{package.ModelPath} cannot be opened on {device}: {e.Message}", e);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    public ReadOnlySpan<float> Run(PaddedBatch batch)
    {
        var size = batch.Rows * _labels;
        if (_logits.Length < size) _logits = new float[size];
        long[] shape = [batch.Rows, batch.Length];
        var memory = OrtMemoryInfo.DefaultInstance;
        using var ids = OrtValue.CreateTensorValueFromMemory(memory, batch.InputIds, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(memory, batch.AttentionMask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(memory, batch.TokenTypeIds, shape);
        using var logits = OrtValue.CreateTensorValueFromMemory(memory, _logits.AsMemory(0, size), [batch.Rows, _labels]);
        _shared.Session.Run(_runOptions, ModelShape.Inputs, [ids, mask, types], ModelShape.Outputs, [logits]);
        return _logits.AsSpan(0, size);
    }

    public IModelSession Share() => new OnnxSession(_shared.Again(), _labels);

    public void Dispose()
    {
        _runOptions.Dispose();
        _shared.Release();
    }

    private static SessionOptions Options(DeviceSpec device, int threads)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Threads that spin while they wait would take the cores of the other silos on the machine, and of our own heartbeats.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        if (device.CudaId is { } id)
        {
            if (Missing(device, id) is { } reason)
            {
                options.Dispose();
                throw new ModelRefusedException(reason);
            }

            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(CudaOptions(device, id));
            options.AppendExecutionProvider_CUDA(cuda);
        }

        return options;
    }

    private static string? Missing(DeviceSpec device, int id)
    {
        if (!CudaDevices.IsBuiltIn) return $"The device {device} is asked for, but this build has no CUDA: build with -p:Accelerator=cuda.";
        var count = CudaDevices.Count();
        return id < count ? null : $"The device {device} is asked for, but this machine has {(count == 0 ? "no CUDA device" : $"cuda:0 to cuda:{count - 1}")}.";
    }

    /// <summary>Options of the CUDA execution provider, named as ONNX Runtime documents them.</summary>
    internal static Dictionary<string, string> CudaOptions(DeviceSpec device, int id)
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = id.ToString(CultureInfo.InvariantCulture),
            // Grows by what is asked for, not by powers of two: an arena never shrinks, and the other silo may live on the same device.
            ["arena_extend_strategy"] = "kSameAsRequested",
            // The exhaustive search would run anew for each shape, and every batch has its own.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            // The runtime would round the inputs of every product to 10 bits on its own account. Whoever wants speed takes an fp16 package.
            ["use_tf32"] = "0",
        };
        if (device.CudaMemory > 0) options["gpu_mem_limit"] = device.CudaMemory.ToString(CultureInfo.InvariantCulture);
        return options;
    }

    /// <summary>Disposes the runtime's session with the last that uses it.</summary>
    private sealed class SharedSession(InferenceSession session)
    {
        private int _users = 1;

        public InferenceSession Session => session;

        public SharedSession Again()
        {
            Interlocked.Increment(ref _users);
            return this;
        }

        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0) session.Dispose();
        }
    }
}
