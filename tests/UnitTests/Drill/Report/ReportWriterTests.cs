using System.Collections.Immutable;
using System.Text.Json;
using Evergrain.Cli;
using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.UnitTests.Drill.Report;

public sealed class ReportWriterTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "evergrain-report-" + Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task WriteAsync_NewFolder_WritesThreeFilesThatNameEachOther()
    {
        await ReportWriter.WriteAsync(SampleReport.Create(), _folder, default);
        Assert.Equal(["drill.html", "drill.json", "drill.md"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Contains("drill.json", await Read("drill.html"), StringComparison.Ordinal);
        Assert.Contains("(drill.html)", await Read("drill.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_OtherName_LinksToTheHtmlOfThatName()
    {
        await ReportWriter.WriteAsync(SampleReport.Create(), _folder, "faults", default);
        Assert.Contains("[faults.html](faults.html)", await Read("faults.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_WhatWasWritten_IsTheSameReport()
    {
        var report = SampleReport.Create();
        await ReportWriter.WriteAsync(report, _folder, default);
        var read = await ReportReader.ReadAsync(Path.Combine(_folder, "drill.json"), default);

        // Records of arrays compare by reference: once all parts are compared one by one, and once as text.
        Assert.Equal(report with { Scenarios = [] }, read with { Scenarios = [] });
        Assert.Equal(report.Scenarios.Length, read.Scenarios.Length);
        foreach (var (before, after) in report.Scenarios.Zip(read.Scenarios))
        {
            Assert.Equal(before.Callers, after.Callers);
            Assert.Equal(before.Checks, after.Checks);
            Assert.Equal(before.Timeline is null, after.Timeline is null);
            Assert.Equal(before.Timeline?.Marks ?? [], after.Timeline?.Marks ?? []);
            Assert.Equal((before.Timeline?.Buckets ?? []).Select(Plain), (after.Timeline?.Buckets ?? []).Select(Plain));
            Assert.Equal(Bare(before), Bare(after));
        }
        Assert.Equal(await Read("drill.json"), JsonSerializer.Serialize(read, ReportJson.Report) + "\n");
    }

    [Fact]
    public async Task WriteAsync_Json_IsCamelCaseWithChineseAsItIs()
    {
        await ReportWriter.WriteAsync(SampleReport.Create(), _folder, default);
        var json = await Read("drill.json");
        Assert.Contains("\"evergrainVersion\": \"1.2.3\"", json, StringComparison.Ordinal);
        Assert.Contains("\"zh\": \"节点进程被杀\"", json, StringComparison.Ordinal);
        Assert.Contains("\"verdict\": \"notRun\"", json, StringComparison.Ordinal);
        Assert.Contains("\"silo-b\": 10", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("no json")]
    public async Task ReadAsync_NoDrillsResult_SaysSo(string content)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, "other.json");
        await File.WriteAllTextAsync(path, content);
        var error = await Assert.ThrowsAsync<UserException>(() => ReportReader.ReadAsync(path, default));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoFile_SaysSo()
        => await Assert.ThrowsAsync<UserException>(() => ReportReader.ReadAsync(Path.Combine(_folder, "none.json"), default));

    private static ScenarioResult Bare(ScenarioResult scenario) => scenario with { Callers = [], Checks = [], Timeline = null };

    private static (TimelineBucket, string) Plain(TimelineBucket bucket) => (
        bucket with { ServedBy = ImmutableSortedDictionary<string, int>.Empty }, string.Join(",", bucket.ServedBy));

    private Task<string> Read(string name) => File.ReadAllTextAsync(Path.Combine(_folder, name));
}
