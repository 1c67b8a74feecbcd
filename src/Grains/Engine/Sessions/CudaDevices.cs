using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.Engine.Sessions;

/// <summary>The CUDA devices of this machine, as its driver counts them (CUDA_VISIBLE_DEVICES included).</summary>
internal static class CudaDevices
{
    private static readonly string[] Drivers = OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1", "libcuda.so"];

    [UnmanagedFunctionPointer(CallingConvention.StdCall)]
    private delegate int Initialize(uint flags);

    [UnmanagedFunctionPointer(CallingConvention.StdCall)]
    private delegate int GetCount(out int count);

    /// <summary>True where this build's ONNX Runtime can use them: -p:Accelerator=cuda.</summary>
    public static bool IsBuiltIn => OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider");

    /// <summary>0 where there is no driver.</summary>
    public static int Count()
    {
        foreach (var driver in Drivers)
        {
            if (!NativeLibrary.TryLoad(driver, out var library)) continue;
            // Never unloaded: the runtime uses the same driver.
            return NativeLibrary.TryGetExport(library, "cuInit", out var initialize)
                && NativeLibrary.TryGetExport(library, "cuDeviceGetCount", out var getCount)
                && Marshal.GetDelegateForFunctionPointer<Initialize>(initialize)(0) == 0
                && Marshal.GetDelegateForFunctionPointer<GetCount>(getCount)(out var count) == 0
                ? count
                : 0;
        }

        return 0;
    }
}
