using BenchmarkDotNet.Attributes;
using Evergrain.Bench.Throughput;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Evergrain.Bench.Micro;

/// <summary>A call's request and its reply to bytes and back, as Orleans does it between the processes.</summary>
[MemoryDiagnoser]
public class SerializerBenchmark
{
    private Serializer<PredictRequest> _requests = null!;
    private Serializer<PredictReply> _replies = null!;
    private PredictRequest _request = null!;
    private PredictReply _reply = null!;

    [Params(1, 64)]
    public int Texts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        _requests = services.GetRequiredService<Serializer<PredictRequest>>();
        _replies = services.GetRequiredService<Serializer<PredictReply>>();
        _request = new PredictRequest { Texts = [.. ReviewTexts.Create(Texts)], TimeLeft = TimeSpan.FromSeconds(5) };
        _reply = new PredictReply
        {
            Results = [.. Enumerable.Repeat(new TextResult { Probabilities = [0.1f, 0.9f], Tokens = 30 }, Texts)],
            Model = new ModelIdentity { Name = "sentiment", Version = "2", Hash = new string('a', 64), Labels = ["negative", "positive"] },
            Load = new LoadReport { Silo = "silo-a", BootId = 1, Sequence = 1, State = SiloState.Ready, Model = ModelIdentity.None },
        };
    }

    [Benchmark]
    public object? Request() => _requests.Deserialize(_requests.SerializeToArray(_request));

    [Benchmark]
    public object? Reply() => _replies.Deserialize(_replies.SerializeToArray(_reply));
}
