using Evergrain.Cli.Supervision;

namespace Evergrain.UnitTests.Supervision;

public sealed class DiskWatchTests
{
    private const long MiB = 1 << 20;

    private readonly StringWriter _output = new();
    private long _free = 100 * MiB;

    private DiskWatch Watch => field ??= new DiskWatch("/state", _ => _free < 0 ? throw new DriveNotFoundException() : _free, _output);

    [Fact]
    public void Look_Full_WarnsOnceHoweverLongItLasts()
    {
        foreach (var free in new[] { 100 * MiB, 0, 0, MiB - 1, 0 })
            LookAt(free);
        Assert.Equal(1, Count("warning: the disk of /state is full"));
    }

    [Fact]
    public void Look_RoomAgain_SaysSoAndWarnsAtTheNextTime()
    {
        foreach (var free in new[] { 0, 50 * MiB, 0 })
            LookAt(free);
        Assert.Equal(2, Count("warning: "));
        Assert.Equal(1, Count("has room again (50 MiB free)"));
    }

    [Fact]
    public void Look_ALittleRoom_IsNone()
    {
        // A log that was rotated: it will be full again in a moment.
        foreach (var free in new[] { 0, 2 * MiB, 0 })
            LookAt(free);
        Assert.Equal(1, _output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public void Look_NoAnswer_SaysNothing()
    {
        LookAt(-1);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void FreeBytes_TempFolder_IsANumber() => Assert.True(DiskWatch.FreeBytes(Path.GetTempPath()) > 0);

    private void LookAt(long free)
    {
        _free = free;
        Watch.Look();
    }

    private int Count(string text) => _output.ToString().Split(text).Length - 1;
}
