using Evergrain.Engine;
using Evergrain.Engine.Sessions;

namespace Evergrain.UnitTests.Engine;

/// <summary>What only a CUDA device can show. Skipped where there is none, or where the build has no CUDA (-p:Accelerator=cuda).</summary>
public class CudaTests
{
    private static readonly string[] Texts = ["这个产品太棒了!", "质量很差，用了两天就坏了，客服也不理人。", "房间干净，服务热情，下次还来。", "送餐太慢了，饭都凉了，很失望。"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_SameModelOnCpuAndCuda_SameAnswers()
    {
        RequireCuda();
        await using var cpu = await OpenAsync("cpu");
        await using var cuda = await OpenAsync("cuda:0");

        var expected = await cpu.PredictAsync([.. Texts], TimeSpan.FromSeconds(5), Lane.Interactive, Cancelled);
        var found = await cuda.PredictAsync([.. Texts], TimeSpan.FromSeconds(5), Lane.Interactive, Cancelled);

        Assert.Equal("cuda:0", Assert.Single(cuda.Devices).Device);
        foreach (var (one, other) in expected.Results.Zip(found.Results))
        {
            Assert.Equal(ErrorCode.None, other.Error);
            Assert.Equal(one.Probabilities[0], other.Probabilities[0], 0.001);
        }
    }

    [Fact]
    public async Task Open_DeviceThatIsNotThere_NamesThoseThatAre()
    {
        RequireCuda();

        var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => OpenAsync("cuda:99"));

        Assert.Contains("cuda:99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("this machine has cuda:0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ArenaTooSmallForTheModel_SaysSo()
    {
        RequireCuda();

        var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => OpenAsync("cuda:0", memory: 4096));

        Assert.Contains("cannot be opened on cuda:0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_Auto_EveryCudaDevice()
    {
        RequireCuda();

        Assert.Equal(Enumerable.Range(0, CudaDevices.Count()).Select(id => $"cuda:{id}"), InferenceEngine.DevicesOf(["auto"]));
    }

    private static void RequireCuda() => Assert.SkipUnless(CudaDevices.IsBuiltIn && CudaDevices.Count() > 0, "no CUDA device, or a build without CUDA");

    private static Task<IInferenceEngine> OpenAsync(string device, long memory = 0)
        => InferenceEngine.OpenAsync(new EngineOptions { ModelPath = TestData.Path("tiny-model"), Devices = [device], CudaMemory = memory }, TimeProvider.System, Cancelled);
}
