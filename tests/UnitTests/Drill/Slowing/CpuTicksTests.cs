using System.Diagnostics;
using Evergrain.Cli.Drill.Slowing;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Drill.Slowing;

public sealed class CpuTicksTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Process _process = Process.Start("sleep", ["60"]);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [Fact]
    public async Task Ticks_Twenty_StandsStillForEightyOfAHundredMilliseconds()
    {
        await using var ticks = new CpuTicks(_process.Id, percent: 20, _time);
        await UntilAsync(stopped: true);
        // Less than the 80 ms that it stands still for: nothing may happen, however often the clock is looked at.
        _time.Advance(TimeSpan.FromMilliseconds(70));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.True(IsStopped());
        await AdvanceUntilAsync(stopped: false);
        await AdvanceUntilAsync(stopped: true);
    }

    [Fact]
    public async Task DisposeAsync_WhileItStandsStill_LetsItGoOn()
    {
        await using (new CpuTicks(_process.Id, percent: 20, _time))
            await UntilAsync(stopped: true);
        await UntilAsync(stopped: false);
    }

    /// <summary>The clock may be moved before the loop has begun to wait, so it is moved more than once.</summary>
    private async Task AdvanceUntilAsync(bool stopped)
    {
        for (var i = 0; i < 500 && IsStopped() != stopped; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
        Assert.Equal(stopped, IsStopped());
    }

    private async Task UntilAsync(bool stopped)
    {
        for (var i = 0; i < 500 && IsStopped() != stopped; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.Equal(stopped, IsStopped());
    }

    private bool IsStopped()
    {
        var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'T';
    }
}
