using System.Text.Json;
using Evergrain.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway;

public class SourceTagTests
{
    private const string Longest = "a234567890123456789012345678901234567890123456789012345678901234";

    [Theory]
    [InlineData("{}", null, null)]
    [InlineData("""{"source":"shop-app"}""", null, "shop-app")]
    [InlineData("""{"source":"Shop_2.cn"}""", null, "Shop_2.cn")]
    [InlineData("""{"source":"\u0061"}""", null, "a")]
    [InlineData($$"""{"source":"{{Longest}}"}""", null, Longest)]
    [InlineData("{}", "crm", "crm")]
    [InlineData("""{"source":"shop-app"}""", "crm", "shop-app")] // the body goes before the header
    [InlineData("""{"source":"shop-app"}""", "no good", "shop-app")]
    public void Of_Good_TheSource(string body, string? header, string? source) => Assert.Equal(source, Of(body, header));

    [Theory]
    [InlineData("""{"source":""}""", null)]
    [InlineData("""{"source":null}""", null)]
    [InlineData("""{"source":5}""", null)]
    [InlineData("""{"source":["a"]}""", null)]
    [InlineData("""{"source":"shop app"}""", null)]
    [InlineData("""{"source":"商店"}""", null)]
    [InlineData("""{"source":"a\n"}""", null)]
    [InlineData("""{"source":"a\ud800"}""", null)]
    [InlineData("""{"source":"a\""}""", null)]
    [InlineData($$"""{"source":"{{Longest}}5"}""", null)]
    [InlineData("""{"source":""}""", "crm")] // a wrong one is not replaced by the header
    [InlineData("{}", "")]
    [InlineData("{}", "a,b")]
    [InlineData("{}", "a b")]
    public void Of_Bad_InvalidAndSaysWhatIsAllowed(string body, string? header)
    {
        var refused = Assert.Throws<ApiException>(() => Of(body, header));
        Assert.Equal(ErrorCode.Invalid, refused.Code);
        Assert.Equal($"{(body == "{}" ? "X-Source" : "'source'")} must be 1 to 64 ASCII letters, digits, '.', '-' or '_'.", refused.Message);
    }

    [Fact]
    public void Of_HeaderTwice_Invalid()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[SourceTag.Header] = new[] { "a", "b" };
        Assert.Throws<ApiException>(() => SourceTag.Of(context.Request));
    }

    private static string? Of(string body, string? header)
    {
        var context = new DefaultHttpContext();
        if (header is not null) context.Request.Headers[SourceTag.Header] = header;
        using var document = JsonDocument.Parse(body);
        return SourceTag.Of(context.Request, document.RootElement);
    }
}
