using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrain.Engine;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Models;
using Evergrain.Engine.Sessions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.ML.OnnxRuntime;

namespace Evergrain.UnitTests.Engine;

/// <summary>Opens a real, tiny ONNX model, whole and spoilt.</summary>
public sealed class InferenceEngineTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_AloneAndInMixedBatch_TorchsAnswers()
    {
        var known = ModelPackage.Load(TestData.Path("tiny-model"), Cancelled).KnownAnswers;
        await using var engine = await OpenAsync(TestData.Path("tiny-model"));
        foreach (var answer in known) AssertClose(answer, (await PredictAsync(engine, answer.Text))[0]);

        var twice = known.Concat(known.Reverse()).ToArray();
        var together = await PredictAsync(engine, [.. twice.Select(answer => answer.Text)]);
        for (var i = 0; i < twice.Length; i++) AssertClose(twice[i], together[i]);
        Assert.True(together.Select(result => result.LabelIndex).Distinct().Count() == 2, "the tiny model must tell texts apart");
        Assert.True(engine.Load.DrainRate > 0);
        Assert.Equal(["negative", "positive"], engine.Model.Labels);
    }

    [Fact]
    public void Session_BatchOfAllLengths_SameAsAlone()
    {
        // The batcher keeps lengths apart; the session has to be right without that.
        var package = ModelPackage.Load(TestData.Path("tiny-model"), Cancelled);
        using var session = OnnxSession.Open(package, DeviceSpec.Cpu, threads: 1);
        var batch = new PaddedBatch(package.Tokenizer.PadId);
        batch.Fill([.. package.KnownAnswers.Select(known => package.Tokenizer.Encode(known.Text, package.Manifest.MaxLength, out _))]);
        var logits = session.Run(batch).ToArray();
        for (var row = 0; row < package.KnownAnswers.Length; row++)
        {
            var probabilities = Softmax.Of(logits.AsSpan(row * 2, 2));
            Assert.Equal(package.KnownAnswers[row].Probabilities[1], probabilities[1], 1e-4);
        }
    }

    [Fact]
    public async Task Open_TwoSlots_BothServe()
    {
        await using var engine = await InferenceEngine.OpenAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model"), Devices = ["cpu", "cpu"] }, TimeProvider.System, Cancelled);
        Assert.All(await PredictAsync(engine, [.. Enumerable.Repeat("好", 300)]), result => Assert.Equal(0, result.LabelIndex));
    }

    [Theory]
    [InlineData(0, 0, "cpu: 4 slots of 1 thread")] // a tiny model is quick on one
    [InlineData(2, 0, "cpu: 2 slots of 2 threads")]
    [InlineData(2, 3, "cpu: 3 slots of 2 threads")]
    [InlineData(8, 0, "cpu: 1 slot of 8 threads")]
    public async Task Open_FourCores_SlotsThatShareASession(int threads, int slots, string plan)
    {
        await using var engine = await InferenceEngine.OpenAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model"), Cores = 4, Threads = threads, Slots = slots }, TimeProvider.System, Cancelled);
        Assert.Equal(plan, engine.Plan);
        Assert.All(await PredictAsync(engine, [.. Enumerable.Repeat("好", 300)]), result => Assert.Equal(0, result.LabelIndex));
    }

    [Fact]
    public async Task Open_QuickOnOneThread_OpenedOnce()
    {
        var opened = new List<int>();
        await using var engine = await InferenceEngine.OpenWithAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model"), Cores = 4 }, TimeProvider.System,
            (package, device, threads) =>
            {
                opened.Add(threads);
                return OnnxSession.Open(package, device, threads);
            },
            Cancelled);
        Assert.Equal([1], opened);
    }

    [Fact]
    public void Predict_ResponseTimeout_IsNoShorterThanAnyDeadline()
        => Assert.True(typeof(IInferenceGrain).GetMethod(nameof(IInferenceGrain.PredictAsync))!.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout >= TimeSpan.FromHours(1));

    [Theory]
    [InlineData(2, 8, 1)]
    [InlineData(150, 8, 1)]
    [InlineData(151, 8, 2)]
    [InlineData(400, 8, 4)]
    [InlineData(400, 2, 2)]
    [InlineData(1000, 6, 6)]
    [InlineData(10_000, 64, 64)]
    public void SlotPlan_TimeOnOneThread_AsFewThreadsAsAreQuick(int milliseconds, int cores, int threads)
        => Assert.Equal(threads, SlotPlan.Threads(TimeSpan.FromMilliseconds(milliseconds), cores));

    [Theory]
    [InlineData(1_000, 4096)]
    [InlineData(138_000, 8192)] // fp32 on an H200
    [InlineData(304_000, 16384)] // fp16 there
    [InlineData(5e9, 16384)]
    public void SlotPlan_RateOfACudaDevice_BatchOfSomeMilliseconds(double rate, int tokens) => Assert.Equal(tokens, SlotPlan.CudaBatchTokens(rate));

    [Fact]
    public async Task Open_CudaDevice_TwoSlotsOverOneSession()
    {
        var opened = 0;
        await using var engine = await InferenceEngine.OpenWithAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model"), Devices = ["cuda:0"] }, TimeProvider.System,
            (package, _, threads) =>
            {
                opened++;
                return OnnxSession.Open(package, DeviceSpec.Cpu, threads);
            },
            Cancelled);

        Assert.Equal(("cuda:0", 2), (Assert.Single(engine.Devices).Device, engine.Devices[0].Slots));
        Assert.Equal(1, opened);
        Assert.InRange(engine.Load.BatchTokens, 2 * 4096, 2 * 16384);
    }

    [Fact]
    public async Task Open_FlippedByte_RefusedWithBothHashes()
    {
        var folder = TestData.CopyOfTinyModel();
        var path = Path.Combine(folder, "model.onnx");
        var expected = HashOf(path);
        var bytes = await File.ReadAllBytesAsync(path, Cancelled);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancelled);
        await AssertRefusedAsync(folder, "model.onnx", expected, HashOf(path));
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("vocab.txt")]
    [InlineData("probes.jsonl")]
    [InlineData("model.json")]
    public async Task Open_FileMissing_RefusedByName(string file)
    {
        var folder = TestData.CopyOfTinyModel();
        File.Delete(Path.Combine(folder, file));
        await AssertRefusedAsync(folder, file, "is missing");
    }

    [Fact]
    public Task Open_NoFolder_Refused() => AssertRefusedAsync("/nowhere/model", "/nowhere/model", "no such folder");

    [Fact]
    public async Task Open_WrongProbability_RefusedWithExpectedAndActual()
    {
        var folder = TestData.CopyOfTinyModel();
        await RewriteProbesAsync(folder, probe => probe["probabilities"] = new JsonArray(0.1, 0.9));
        await AssertRefusedAsync(
            folder, "Wrong known answer", "on cpu", "'这个产品太棒了!' should be positive (0.1000, 0.9000)", "is positive (0.2129, 0.7871)");
    }

    [Fact]
    public async Task Open_WrongLabel_Refused()
    {
        var folder = TestData.CopyOfTinyModel();
        await RewriteProbesAsync(folder, probe => probe["label"] = "negative");
        await AssertRefusedAsync(folder, "should be negative", "is positive");
    }

    [Fact]
    public async Task Open_MoreLabelsThanLogits_RefusedWithBothCounts()
    {
        var folder = TestData.CopyOfTinyModel();
        await RewriteProbesAsync(folder, probe => probe["probabilities"] = new JsonArray(0.2, 0.7, 0.1), all: true);
        var neutral = new JsonObject { ["name"] = "中性", ["api"] = "neutral" };
        await RewriteManifestAsync(folder, manifest => manifest["labels"]!.AsArray().Add(neutral));
        await AssertRefusedAsync(folder, "it has 2 labels", "model.json has 3");
    }

    [Fact]
    public async Task Open_ManifestWithFaults_AllNamedAtOnce()
    {
        var folder = TestData.CopyOfTinyModel();
        await RewriteManifestAsync(folder, manifest =>
        {
            manifest["maxLength"] = 2;
            manifest["version"] = "";
            manifest["sha256"]!.AsObject().Add("../elsewhere", "00");
        });
        await AssertRefusedAsync(folder, "'maxLength' is 2", "'version' is empty", "'../elsewhere'");
    }

    [Fact]
    public async Task Open_NotAModel_Refused()
    {
        var folder = TestData.CopyOfTinyModel();
        await File.WriteAllTextAsync(Path.Combine(folder, "model.onnx"), "not a model", Cancelled);
        await RewriteManifestAsync(folder, manifest => manifest["sha256"]!["model.onnx"] = HashOf(Path.Combine(folder, "model.onnx")));
        await AssertRefusedAsync(folder, "model.onnx cannot be opened on cpu");
    }

    [Fact]
    public Task Open_CudaWithoutIt_RefusedWithTheSwitch()
    {
        Assert.SkipWhen(
            OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This build has CUDA.");
        return AssertDeviceRefusedAsync(TestData.Path("tiny-model"), "cuda:0", "-p:Accelerator=cuda");
    }

    [Fact]
    public async Task Open_SessionThrows_RefusedAndDisposed()
    {
        FakeSession? session = null;
        var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => InferenceEngine.OpenWithAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model") },
            new FakeTimeProvider(),
            (_, _, _) => session = new FakeSession(new FakeVocabulary()) { OnRun = _ => throw new InvalidOperationException("device lost") },
            Cancelled));
        Assert.Contains("device lost", refused.Message, StringComparison.Ordinal);
        Assert.True(session!.Disposed);
    }

    [Fact]
    public async Task Open_SessionHangs_CallerIsNotHeldUp()
    {
        var session = new FakeSession(new FakeVocabulary());
        session.Hold();
        var opening = InferenceEngine.OpenWithAsync(
            new EngineOptions { ModelPath = TestData.Path("tiny-model") }, new FakeTimeProvider(), (_, _, _) => session, Cancelled);
        await session.Started.WaitAsync(Cancelled);
        Assert.False(opening.IsCompleted);
        session.LetGo();
        await Assert.ThrowsAsync<ModelRefusedException>(() => opening); // a fake knows no answers
    }

    [Fact]
    public void PackageHash_OtherLabels_OtherHash()
    {
        var folder = TestData.CopyOfTinyModel();
        var before = ModelPackage.Load(folder, Cancelled).Identity.Hash;
        Assert.Equal(ModelPackage.Load(TestData.Path("tiny-model"), Cancelled).Identity.Hash, before);
        var path = Path.Combine(folder, "model.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"maxLength\": 48", "\"maxLength\": 47", StringComparison.Ordinal));
        Assert.NotEqual(before, ModelPackage.Load(folder, Cancelled).Identity.Hash);
    }

    private static Task<IInferenceEngine> OpenAsync(string folder, string device = "cpu")
        => InferenceEngine.OpenAsync(new EngineOptions { ModelPath = folder, Devices = [device] }, TimeProvider.System, Cancelled);

    private static async Task<IReadOnlyList<TextResult>> PredictAsync(IInferenceEngine engine, params string[] texts)
        => (await engine.PredictAsync([.. texts], TimeSpan.FromMinutes(1), Lane.Interactive, Cancelled)).Results;

    private static Task AssertRefusedAsync(string folder, params string[] reasons) => AssertDeviceRefusedAsync(folder, "cpu", reasons);

    private static async Task AssertDeviceRefusedAsync(string folder, string device, params string[] reasons)
    {
        var refused = await Assert.ThrowsAsync<ModelRefusedException>(() => OpenAsync(folder, device));
        Assert.All(reasons, reason => Assert.Contains(reason, refused.Message, StringComparison.Ordinal));
    }

    private static void AssertClose(KnownAnswer expected, TextResult actual)
    {
        Assert.Equal(ErrorCode.None, actual.Error);
        for (var i = 0; i < 2; i++) Assert.Equal(expected.Probabilities[i], actual.Probabilities[i], 1e-4);
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static async Task RewriteProbesAsync(string folder, Action<JsonNode> change, bool all = false)
    {
        var path = Path.Combine(folder, "probes.jsonl");
        var probes = (await File.ReadAllLinesAsync(path, Cancelled)).Select(line => JsonNode.Parse(line)!).ToArray();
        foreach (var probe in all ? probes : probes[..1]) change(probe);
        await File.WriteAllLinesAsync(path, probes.Select(probe => probe.ToJsonString()), Cancelled);
        await RewriteManifestAsync(folder, manifest => manifest["sha256"]!["probes.jsonl"] = HashOf(path));
    }

    private static async Task RewriteManifestAsync(string folder, Action<JsonNode> change)
    {
        var path = Path.Combine(folder, "model.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path, Cancelled))!;
        change(manifest);
        await File.WriteAllTextAsync(path, manifest.ToJsonString(JsonSerializerOptions.Default), Cancelled);
    }
}
