using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Engine.Sessions;
using Evergrain.FaultySilo;
using Evergrain.UnitTests.Engine;

namespace Evergrain.UnitTests.Drill.Scenarios;

/// <summary>The sessions of the test build: what the drill's verdicts on devices rest on.</summary>
public sealed class CommandedSessionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-faults-").FullName;
    private readonly CommandedSession _session;
    private readonly PaddedBatch _batch = new(padId: 0);

    public CommandedSessionTests()
    {
        _session = new CommandedSession(new FakeSession(new FakeVocabulary()), new FaultFile(Orders), labels: 2);
        _batch.Fill([[2, 5, 3], [2, 6, 3]]);
    }

    private string Orders => SessionFault.FileOf(_folder, "silo-b");

    [Fact]
    public void Run_NoOrdersIsHealthy() => Assert.Equal(Healthy, Run());

    [Fact]
    public void Run_AnotherProcessesFault_IsHealthy()
    {
        Order(SessionFault.Sticky, process: Environment.ProcessId + 1);
        Assert.Equal(Healthy, Run());
    }

    [Fact]
    public void Run_Constants_SurelyTheLastLabelUntilItIsTakenBack()
    {
        Order(SessionFault.Constants);
        var logits = Run();
        Assert.Equal(4, logits.Length);
        Assert.All([0, 2], row => Assert.True(1 / (1 + Math.Exp(logits[row] - logits[row + 1])) > 0.99));
        File.Delete(Orders);
        Assert.Equal(Healthy, Run());
    }

    [Fact]
    public void Run_NotANumber_EveryLogit()
    {
        Order(SessionFault.NotANumber);
        Assert.Equal([float.NaN, float.NaN, float.NaN, float.NaN], Run());
    }

    [Fact]
    public void Run_Sticky_ThrowsFromThenOnInEveryShareOfIt()
    {
        var other = _session.Share();
        Order(SessionFault.Sticky);
        var error = Assert.Throws<InvalidOperationException>(() => Run());
        Assert.Contains("CUDA failure 700", error.Message, StringComparison.Ordinal);
        File.Delete(Orders);
        Assert.Throws<InvalidOperationException>(() => Run());
        Assert.Throws<InvalidOperationException>(() => other.Run(_batch).ToArray());
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Run_OutOfMemory_LargerBatchesOnly(int mostRows, bool fits)
    {
        Order(SessionFault.OutOfMemory, mostRows: mostRows);
        if (fits) Assert.Equal(Healthy, Run());
        else Assert.Contains("Failed to allocate memory", Assert.Throws<InvalidOperationException>(() => Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Hang_DoesNotReturn()
    {
        Order(SessionFault.Hang);
        var run = new Thread(() => Run()) { IsBackground = true };
        run.Start();
        Assert.False(run.Join(TimeSpan.FromMilliseconds(300)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static float[] Healthy => [0, 1, 0, 1];

    private float[] Run() => _session.Run(_batch).ToArray();

    private void Order(string kind, int? process = null, int mostRows = 0)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Orders)!);
        File.WriteAllText(Orders, new SessionFault(kind, process ?? Environment.ProcessId, mostRows).ToString());
    }
}
