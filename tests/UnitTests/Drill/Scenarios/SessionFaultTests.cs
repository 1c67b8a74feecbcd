using Evergrain.Cli.Drill.Scenarios;

namespace Evergrain.UnitTests.Drill.Scenarios;

public sealed class SessionFaultTests
{
    public static TheoryData<string> Lines => ["constants 12345", "nan 1", "sticky 7", "hang 99", "oom 12345 8"];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Parse_Line_IsWrittenTheSame(string line) => Assert.Equal(line, SessionFault.Parse(line + "\n").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("constants")]
    [InlineData("constants x")]
    [InlineData("slow 12345")]
    [InlineData("oom 12345")]
    [InlineData("sticky 12345 8")]
    public void Parse_SomethingElse_IsNotTakenForHealthy(string line) => Assert.Throws<FormatException>(() => SessionFault.Parse(line));
}
