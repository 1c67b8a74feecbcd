using System.Reflection;
using Evergrain.Silo;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization.Invocation;

namespace Evergrain.UnitTests.Silo;

public class CallerFilterTests
{
    private static readonly GrainId Client = GrainId.Create("sys.client", "0d1e2f");

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _log = [];
    private readonly CallerFilter _filter;

    public CallerFilterTests() => _filter = new(_time, new ListLogger(_log));

    [Theory]
    [InlineData(typeof(IInferenceGrain), "client", true)]
    [InlineData(typeof(ILoadReportGrain), "client", true)]
    [InlineData(typeof(IPoisonGrain), "client", true)]
    [InlineData(typeof(IOperationsGrain), "client", true)]
    [InlineData(typeof(IManagementGrain), "client", false)]
    [InlineData(typeof(IMembershipTableSystemTarget), "client", false)]
    [InlineData(typeof(IGrainExtension), "client", false)]
    [InlineData(typeof(IManagementGrain), "nobody", false)]
    [InlineData(typeof(IManagementGrain), "silo's client", true)]
    [InlineData(typeof(IManagementGrain), "grain", true)]
    [InlineData(typeof(IManagementGrain), "system target", true)]
    [InlineData(typeof(IInferenceGrain), "silo's client", true)]
    public async Task Invoke_InterfaceAndSource_OnlyClientsAreRestricted(Type called, string source, bool allowed)
    {
        var call = new Call(called, source switch
        {
            "client" => Client,
            "silo's client" => GrainId.Create("sys.client", "hosted-127.0.0.1:11111@4711"),
            "grain" => GrainId.Create("dashboard", "0"),
            "system target" => GrainId.Create("sys.svc.silo-control", "127.0.0.1:11111@4711"),
            _ => null,
        });

        if (allowed)
        {
            await _filter.Invoke(call);
        }
        else
        {
            var error = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _filter.Invoke(call));
            Assert.StartsWith($"{called.Name} is not for clients of this cluster", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(allowed ? 1 : 0, call.Invoked);
    }

    [Theory]
    [InlineData("Orleans.Runtime.IClusterManifestSystemTarget")] // no client connects without
    [InlineData("Orleans.Runtime.IGrainCallCancellationExtension")]
    public async Task Invoke_WhatEveryOrleansClientCalls_Allowed(string name)
    {
        var call = new Call(typeof(IClusterClient).Assembly.GetType(name, throwOnError: true)!, Client);

        await _filter.Invoke(call);

        Assert.Equal(1, call.Invoked);
    }

    [Fact]
    public async Task Invoke_RefusedAgainAndAgain_OneLineAMinuteForEachInterface()
    {
        await RefuseAsync(typeof(IManagementGrain), 100);
        await RefuseAsync(typeof(IMembershipTableSystemTarget), 100);
        _time.Advance(TimeSpan.FromSeconds(59));
        await RefuseAsync(typeof(IManagementGrain), 100);
        Assert.Equal(2, _log.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        await RefuseAsync(typeof(IManagementGrain), 100);

        Assert.Equal(3, _log.Count);
        Assert.Equal(_log[0], _log[2]);
        Assert.StartsWith("Warning: The client sys.client/0d1e2f called IManagementGrain.Method, which is not for clients", _log[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Invoke_Prediction_AllocatesNothing()
    {
        var call = new Call(typeof(IInferenceGrain), Client);
        _ = _filter.Invoke(call);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) _ = _filter.Invoke(call);

        // Less than a byte a call: the runtime itself takes a few as it compiles the loop.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);
        Assert.Equal(10_001, call.Invoked);
    }

    private async Task RefuseAsync(Type called, int times)
    {
        for (var i = 0; i < times; i++) await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _filter.Invoke(new Call(called, Client)));
    }

    private sealed class Call(Type called, GrainId? source) : IIncomingGrainCallContext
    {
        public int Invoked { get; private set; }

        public IInvokable Request { get; } = new AnyRequest(called);

        public object Grain => throw new NotSupportedException();

        public GrainId? SourceId => source;

        public GrainId TargetId => throw new NotSupportedException();

        public GrainInterfaceType InterfaceType => throw new NotSupportedException();

        public string InterfaceName => throw new NotSupportedException();

        public string MethodName => Request.GetMethodName();

        public MethodInfo InterfaceMethod => throw new NotSupportedException();

        public MethodInfo ImplementationMethod => throw new NotSupportedException();

        public IGrainContext TargetContext => throw new NotSupportedException();

        public object? Result { get; set; }

        public Response? Response { get; set; }

        public Task Invoke()
        {
            Invoked++;
            return Task.CompletedTask;
        }
    }

    private sealed class AnyRequest(Type called) : RequestBase
    {
        public override Type GetInterfaceType() => called;

        public override string GetMethodName() => "Method";

        public override ValueTask<Response> Invoke() => throw new NotSupportedException();

        public override object GetTarget() => throw new NotSupportedException();

        public override void SetTarget(ITargetHolder holder) => throw new NotSupportedException();

        public override void Dispose()
        {
        }

        public override string GetInterfaceName() => called.Name;

        public override string GetActivityName() => called.Name;

        public override MethodInfo GetMethod() => throw new NotSupportedException();
    }

    private sealed class ListLogger(List<string> lines) : ILogger<CallerFilter>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
