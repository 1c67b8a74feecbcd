using System.Text.Json;
using Evergrain.Cli;
using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Load;
using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Drill;

public sealed class ScenarioCatalogueTests
{
    private static readonly EvergrainConfig Config = ConfigLoader.Parse("", "/somewhere/evergrain.yaml");

    [Fact]
    public void All_Names_AreUnique() => Assert.Equal(ScenarioCatalogue.All.Length, ScenarioCatalogue.All.Select(s => s.Name).Distinct().Count());

    [Fact]
    public void All_Faults_AreEachMadeByOneScenario()
    {
        var faults = ScenarioCatalogue.All.Select(s => s.Fault).Where(fault => fault > 0).ToList();
        Assert.Equal(faults.Count, faults.Distinct().Count());
        Assert.Empty(faults.Except(Enumerable.Range(1, 31)));
        // Those of the devices.
        Assert.Empty(new[] { 16, 17, 18, 19, 31 }.Except(faults));
    }

    [Fact]
    public void Choose_NoName_AllButThoseThatMustBeNamed()
        => Assert.Equal(ScenarioCatalogue.All.Where(s => s.Name is not ("healthy" or "steady" or "soak")), ScenarioCatalogue.Choose([]));

    [Fact]
    public void Choose_Names_InTheCataloguesOrder()
        => Assert.Equal(["kill", "healthy"], ScenarioCatalogue.Choose(["healthy", "kill"]).Select(s => s.Name));

    [Fact]
    public void Choose_UnknownName_SaysWhichThereAre()
    {
        var error = Assert.Throws<UserException>(() => ScenarioCatalogue.Choose(["kil"]));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains("kil;", error.Message, StringComparison.Ordinal);
        Assert.Contains("freeze", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill", true, false, false, null)]
    [InlineData("drain", true, true, true, DrillEnvironment.NotAttached)]
    [InlineData("drain", false, false, false, null)]
    [InlineData("database", false, false, false, DrillEnvironment.NeedsPostgreSql)]
    [InlineData("database", true, true, false, DrillEnvironment.NotAttached)]
    [InlineData("database", false, true, false, null)]
    [InlineData("server", true, true, false, DrillEnvironment.NotAttached)]
    [InlineData("server", false, false, false, DrillEnvironment.NeedsPostgreSql)]
    [InlineData("disk", true, true, true, DrillEnvironment.NotAttached)]
    [InlineData("clock", true, true, true, DrillEnvironment.NotAttached)]
    [InlineData("soak", true, true, true, DrillEnvironment.NotAttached)]
    [InlineData("gateway-freeze", true, false, false, null)]
    [InlineData("supervisor", true, false, false, DrillEnvironment.NotAttached)]
    [InlineData("poison", false, false, false, "needs the test build of the silo: build Orleans.sln")]
    [InlineData("poison", false, false, true, null)]
    [InlineData("device-busy", true, false, false, DrillEnvironment.NotAttached)]
    [InlineData("device-memory", false, false, false, null)]
    [InlineData("device-lies", true, false, true, DrillEnvironment.NotAttached)]
    [InlineData("device-dies", false, false, false, "needs the test build of the silo: build Orleans.sln")]
    [InlineData("device-hangs", false, false, true, null)]
    [InlineData("overload", false, false, false, "needs a model that is the limit itself: one of BERT-base's size, 64 MiB at least (--config)")]
    [InlineData("bulk", false, false, false, null)]
    public void WhyNotRun_Environment_Reason(string name, bool attached, bool postgreSql, bool testBuild, string? expected)
    {
        var environment = new DrillEnvironment { Config = Config, Attached = attached, HasPostgreSql = postgreSql, FaultySilo = testBuild ? "/somewhere" : null };
        Assert.Equal(expected, ScenarioCatalogue.Choose([name]).Single().WhyNotRun(environment));
    }

    [Fact]
    public void ReviewTexts_All_AreSixtyDifferentOnesOfMixedLength()
    {
        Assert.InRange(ReviewTexts.All.Length, 55, 70);
        Assert.Equal(ReviewTexts.All.Length, ReviewTexts.All.Distinct().Count());
        Assert.True(ReviewTexts.All.Min(t => t.Length) <= 6 && ReviewTexts.All.Max(t => t.Length) >= 55);
    }

    [Fact]
    public void ReviewTexts_Batches_AreCallsOfSixLongTexts()
    {
        Assert.Equal(ReviewTexts.All.Length, ReviewTexts.Batches.Length);
        Assert.All(ReviewTexts.Batches, body =>
        {
            using var json = JsonDocument.Parse(body);
            Assert.Equal([240, 240, 240, 240, 240, 240], json.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!.Length));
        });
    }

    [Fact]
    public void BadInputs_All_NameWhatIsRight()
    {
        Assert.All(BadInputs.All, input => Assert.All(input.Expected, status => Assert.True(status == 200 || status is >= 400 and < 500, input.Name)));
        Assert.DoesNotContain(BadInputs.All, input => input.Expected.IsEmpty);
    }
}
