using Evergrain.Silo.Lifecycle;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Silo.Lifecycle;

public sealed class DeviceFailuresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-devices-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string RecordFile => Path.Combine(_folder, "devices", "silo-a.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, 1, false)]
    [InlineData(3, 5, true)] // ten minutes from the first to the third
    [InlineData(3, 6, false)]
    [InlineData(7, 4, true)]
    public void Out_FailuresEveryFewMinutes_ThreeWithinTen(int failures, int minutes, bool isOut)
    {
        for (var i = 0; i < failures; i++)
        {
            Record().Add("cuda:1", $"failure {i}"); // another process each time
            _time.Advance(TimeSpan.FromMinutes(minutes));
        }

        Record().Add("cuda:0", "once");
        Assert.Equal(isOut ? ["cuda:1"] : [], Record().Out.Keys);
        if (isOut) Assert.Contains($"failure {failures - 1}", Record().Out["cuda:1"], StringComparison.Ordinal);
    }

    [Fact]
    public void Out_Long_StaysUntilCleared()
    {
        for (var i = 0; i < 3; i++) Record().Add("cpu", "again");
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["cpu"], Record().Out.Keys);
        Record().Clear();
        Assert.Empty(Record().Out);
        Record().Clear(); // nothing there is no error
    }

    [Fact]
    public void Out_FileIsRubbish_CountsForNothingAndIsReplaced()
    {
        Record().Add("cpu", "once");
        File.WriteAllText(RecordFile, "{ \"cpu\": 3");
        Assert.Empty(Record().Out);
        for (var i = 0; i < 3; i++) Record().Add("cpu", "again");
        Assert.Single(Record().Out);
    }

    [Fact]
    public void Add_NoPlaceToWrite_NoException()
    {
        File.WriteAllText(Path.Combine(_folder, "devices"), "a file where the folder should be");
        Record().Add("cpu", "once");
        Assert.Empty(Record().Out);
    }

    private DeviceFailures Record() => new(RecordFile, _time, NullLogger<DeviceFailures>.Instance);
}
