using Evergrain.Cli.Commands;

namespace Evergrain.UnitTests.Cli;

public class SiloPassThroughTests
{
    [Theory]
    [InlineData(true, "tokenize", "--vocab", "x")]
    [InlineData(true, "model", "check", "x")]
    [InlineData(true, "model", "eval", "--help")]
    [InlineData(true, "model", "compare")]
    [InlineData(true, "database", "install")]
    [InlineData(false, "model", "use", "x")]
    [InlineData(false, "model")]
    [InlineData(false, "model", "--help")]
    [InlineData(false, "status")]
    [InlineData(false)]
    public void Handles_Arguments_OnlyWhatTheSilosProgramDoes(bool expected, params string[] args) => Assert.Equal(expected, SiloPassThrough.Handles(args));

    [Fact]
    public void ModelCommand_Help_ListsAll()
        => Assert.Equal(["use", "check", "eval", "compare"], ModelCommand.Create().Subcommands.Select(c => c.Name));
}
