using System.Text;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway;

public class BodyReaderTests
{
    private static readonly LimitsConfig Limits = new() { BodyBytes = 1000, Texts = 3 };

    [Theory]
    [InlineData("""{"text":"好"}""", "好")]
    [InlineData("\uFEFF{\"text\":\"好\"}", "好")] // byte order mark
    [InlineData("""{"text":"\u597d","other":[1]}""", "好")]
    public async Task ReadText_Good_Text(string body, string text) => Assert.Equal(text, (await BodyReader.ReadTextAsync(Context(body), Limits)).Text);

    [Theory]
    [InlineData("", ErrorCode.Malformed)]
    [InlineData("{", ErrorCode.Malformed)]
    [InlineData("""{"text":"好"} x""", ErrorCode.Malformed)]
    [InlineData("""{"text":"好","text":"坏"}""", ErrorCode.Malformed)]
    [InlineData("[[[[[[[[[[[[1]]]]]]]]]]]]", ErrorCode.Malformed)]
    [InlineData("[]", ErrorCode.Invalid)]
    [InlineData("null", ErrorCode.Invalid)]
    [InlineData("{}", ErrorCode.Invalid)]
    [InlineData("""{"text":null}""", ErrorCode.Invalid)]
    [InlineData("""{"text":5}""", ErrorCode.Invalid)]
    [InlineData("""{"text":""}""", ErrorCode.Invalid)]
    [InlineData("""{"text":" \n\u3000"}""", ErrorCode.Invalid)]
    [InlineData("""{"text":"a\ud800b"}""", ErrorCode.Invalid)]
    public async Task ReadText_Bad_Code(string body, ErrorCode code)
        => Assert.Equal(code, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadTextAsync(Context(body), Limits))).Code);

    [Fact]
    public async Task ReadText_InvalidUtf8_Invalid()
    {
        var context = Context([.. "{\"text\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        Assert.Equal(ErrorCode.Invalid, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadTextAsync(context, Limits))).Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=gbk")]
    public async Task ReadText_NotJson_UnsupportedMediaType(string? type)
    {
        var context = Context("{}");
        context.Request.ContentType = type;
        Assert.Equal(
            ErrorCode.UnsupportedMediaType, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadTextAsync(context, Limits))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // chunked: the length shows while reading
    public async Task ReadText_OverTheLimit_TooLarge(bool announced)
    {
        var context = Context($$"""{"text":"{{new string('a', 1000)}}"}""");
        if (!announced) context.Request.ContentLength = null;
        Assert.Equal(ErrorCode.TooLarge, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadTextAsync(context, Limits))).Code);
    }

    [Theory]
    [InlineData("""{"texts":[]}""", ErrorCode.Invalid)]
    [InlineData("""{"texts":"好"}""", ErrorCode.Invalid)]
    [InlineData("""{"text":"好"}""", ErrorCode.Invalid)]
    [InlineData("""{"texts":["a","b","c","d"]}""", ErrorCode.TooLarge)]
    public async Task ReadTexts_Bad_Code(string body, ErrorCode code)
        => Assert.Equal(code, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadTextsAsync(Context(body), Limits))).Code);

    [Fact]
    public async Task ReadTexts_BadItems_ErrorsOnTheirRows()
    {
        var (items, _, _) = await BodyReader.ReadTextsAsync(Context("""{"texts":["好",null,"\udc00"]}"""), Limits);
        Assert.Equal(["好", null, null], items.Select(i => i.Text));
        Assert.Contains("null", items[1].Error, StringComparison.Ordinal);
        Assert.Contains("surrogate", items[2].Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"texts":["好"]}""", false)]
    [InlineData("""{"texts":["好"],"allow_mixed_models":false}""", false)]
    [InlineData("""{"allow_mixed_models":true,"texts":["好"]}""", true)]
    public async Task ReadRich_Option_AsSent(string body, bool mixed)
    {
        var (items, _, allowMixedModels) = await BodyReader.ReadRichAsync(Context(body), Limits);
        Assert.Equal(("好", mixed), (items.Single().Text, allowMixedModels));
    }

    [Theory]
    [InlineData("""{"texts":["好"],"allow_mixed_models":"true"}""")]
    [InlineData("""{"texts":["好"],"allow_mixed_models":null}""")]
    [InlineData("""{"allow_mixed_models":true}""")]
    [InlineData("[]")]
    public async Task ReadRich_Bad_Invalid(string body)
        => Assert.Equal(ErrorCode.Invalid, (await Assert.ThrowsAsync<ApiException>(() => BodyReader.ReadRichAsync(Context(body), Limits))).Code);

    private static DefaultHttpContext Context(string body) => Context(Encoding.UTF8.GetBytes(body));

    private static DefaultHttpContext Context(byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body);
        return context;
    }
}
