using Evergrain.Silo.Membership;

namespace Evergrain.UnitTests.Silo.Membership;

public class MembershipScriptTests
{
    [Fact]
    public void Parse_Sections_SchemaAndQueries()
    {
        var script = MembershipScript.Parse(
            new StringReader("-- comment\n\n== schema\nCREATE a;\n\n== One\nSELECT 1;\nSELECT 2;\n== Two\nX\n"));

        Assert.Equal("CREATE a;", script.Schema);
        Assert.Equal("SELECT 1;\nSELECT 2;", script.Queries["One"]);
        Assert.Equal("X", script.Queries["Two"]);
    }

    [Fact]
    public void Parse_NoSchema_Throws()
        => Assert.Throws<InvalidOperationException>(() => MembershipScript.Parse(new StringReader("== One\nSELECT 1;\n")));
}
