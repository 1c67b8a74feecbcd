using Evergrain.Gateway.Http;

namespace Evergrain.UnitTests.Gateway;

public class AnswerHeadersTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("1.0+cuda", "1.0+cuda")]
    [InlineData("1.0|1.1", "1.0, 1.1")]
    [InlineData("1,0|版\n2", "1%2C0, %E7%89%88%0A2")] // neither another value nor another header
    public void ListOf_Versions_FitsIntoAHeader(string versions, string? expected)
        => Assert.Equal(expected, AnswerHeaders.ListOf([.. versions.Split('|', StringSplitOptions.RemoveEmptyEntries)]));
}
