using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>A request that no client should send, and what is right to say to it.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Path">Where it goes.</param>
/// <param name="Body">As it is sent.</param>
/// <param name="Expected">Status codes that are right: 200 where the text can be answered.</param>
internal sealed record BadInput(string Name, string Path, byte[] Body, params ImmutableArray<int> Expected)
{
    public string MediaType { get; init; } = "application/json";
}

internal static class BadInputs
{
    private const string One = "/predict";
    private const string Many = "/batch_predict";
    private const string Rich = "/v1/predict";
    private const int Deep = 10_000;

    public static ImmutableArray<BadInput> All { get; } =
    [
        Text("empty text", "", 422),
        Text("blank text", " \u3000\t\n", 422),
        Text("control characters only", "\u0000\u0001\u0007\u200b", 200, 422),
        Text("100,000 characters", new string('好', 100_000), 200),
        Text("300,000 characters, a megabyte", new string('差', 300_000), 200, 413),
        Text("two megabytes", new string('x', 2 << 20), 413),
        Text("one word of 100,000 letters", new string('w', 100_000), 200),
        Text("emoji", "👍🏽👨‍👩‍👧‍👦🇨🇳😡", 200),
        Text("special tokens", "[CLS][SEP][PAD][MASK]", 200),
        Text("characters outside the BMP", "𠮷野家𪚥𪚥", 200),
        Text("right to left, combining marks", "مرحبا e\u0301\u0323\u0301\u0301 שלום", 200),
        Text("markup and SQL", "<script>alert(1)</script>'; DROP TABLE membership;--", 200),
        Raw("a lone surrogate", One, """{"text":"\ud83d 好"}""", 200, 400, 422),
        Raw("a lone surrogate among texts", Many, """{"texts":["好","\udc00"]}""", 200, 400, 422),
        new("invalid UTF-8", One, [.. """{"text":" """u8, 0xFF, 0xFE, 0xC3, .. "\"}"u8], 400, 422),
        new("UTF-16", One, Encoding.Unicode.GetBytes("""{"text":"好"}"""), 400),
        new("zeros", One, new byte[4096], 400),
        Raw("nothing", One, "", 400),
        Raw("half a document", One, """{"text":"好""", 400),
        Raw("not JSON", One, "text=好", 400),
        Raw("deep JSON", One, new string('[', Deep) + new string(']', Deep), 400),
        Raw("deep JSON in an unknown property", One, $$"""{"text":"好","x":{{new string('[', Deep)}}{{new string(']', Deep)}}}""", 200, 400),
        Raw("a number", One, """{"text":5}""", 422),
        Raw("null", One, """{"text":null}""", 422),
        Raw("an object", One, """{"text":{"text":"好"}}""", 422),
        Raw("no text", One, "{}", 422),
        Raw("an array", One, """["好"]""", 422),
        Raw("the property twice", One, """{"text":"好","text":"差"}""", 200, 400, 422),
        Raw("a huge number", One, $$"""{"text":{{new string('9', 5000)}}}""", 400, 422),
        Raw("numbers among texts", Many, """{"texts":["好",1,null,[],{},""]}""", 200),
        Raw("a text in place of texts", Many, """{"texts":"好"}""", 422),
        Raw("no texts", Many, """{"texts":[]}""", 422),
        Texts("2,000 texts", Many, 2_000, 413),
        Texts("2,000 texts", Rich, 2_000, 413),
        new("another media type", One, """{"text":"好"}"""u8.ToArray(), 200, 400, 415) { MediaType = "text/plain" },
        new("lines of rubbish", "/v1/predict/stream", [.. "{}\n[\n\"\"\n\n5\n"u8, 0xFF, .. "\n"u8], 200) { MediaType = "application/x-ndjson" },
    ];

    private static BadInput Text(string name, string text, params ImmutableArray<int> expected)
        => new(name, One, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["text"] = text }), expected);

    private static BadInput Texts(string name, string path, int count, params ImmutableArray<int> expected)
        => new(name, path, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string[]> { ["texts"] = [.. Enumerable.Repeat("好", count)] }), expected);

    private static BadInput Raw(string name, string path, string body, params ImmutableArray<int> expected) => new(name, path, Encoding.UTF8.GetBytes(body), expected);
}
