using Evergrain.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway;

public class RequestTimeoutTests
{
    private static readonly TimeSpan Otherwise = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("2s", 2000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5", 1500)]
    [InlineData(" 30 ", 30_000)]
    [InlineData("60s", 60_000)]
    [InlineData("61s", 60_000)]
    [InlineData("2h", 60_000)]
    public void Of_Time_AtMostTheLongest(string header, double milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RequestTimeout.Of(Request(header), Otherwise, Longest));

    [Fact]
    public void Of_NoHeader_Otherwise() => Assert.Equal(Otherwise, RequestTimeout.Of(new DefaultHttpContext().Request, Otherwise, Longest));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0ms")]
    [InlineData("soon")]
    [InlineData("1e3")]
    [InlineData("2s,3s")]
    [InlineData("5 s")]
    [InlineData("9999999999999999999999")]
    public void Of_NoTime_InvalidAndNamed(string header)
    {
        var e = Assert.Throws<ApiException>(() => RequestTimeout.Of(Request(header), Otherwise, Longest));
        Assert.Equal(ErrorCode.Invalid, e.Code);
        Assert.Contains(RequestTimeout.Header, e.Message, StringComparison.Ordinal);
        Assert.True(e.Message.Length < 150);
    }

    private static HttpRequest Request(string header)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers[RequestTimeout.Header] = header;
        return request;
    }
}
