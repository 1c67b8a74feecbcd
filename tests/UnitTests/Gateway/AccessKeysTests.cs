using Evergrain.Cli.Commands;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway;

public class AccessKeysTests
{
    private static readonly (string Key, string Line) Ops = Make("ops", "operator");
    private static readonly (string Key, string Line) Shop = Make("shop", "caller");

    /// <summary>Which keys are in the YAML, what an endpoint asks for, what comes: the whole table.</summary>
    [Theory]
    [InlineData("", "caller", "", "")] // open
    [InlineData("", "caller", "wrong", "")]
    [InlineData("", "operator", "", "forbidden")]
    [InlineData("", "operator", "node", "node")]
    [InlineData("", "metrics", "", "")]
    [InlineData("ops", "caller", "", "")] // an operator's key alone closes nothing
    [InlineData("ops", "operator", "", "unauthorized")]
    [InlineData("ops", "operator", "wrong", "unauthorized")]
    [InlineData("ops", "operator", "ops", "ops")]
    [InlineData("ops", "metrics", "", "")]
    [InlineData("shop", "caller", "", "unauthorized")] // closed
    [InlineData("shop", "caller", "wrong", "unauthorized")]
    [InlineData("shop", "caller", "shop", "shop")]
    [InlineData("shop", "caller", "node", "node")]
    [InlineData("shop ops", "caller", "ops", "ops")]
    [InlineData("shop ops", "operator", "shop", "forbidden")]
    [InlineData("shop ops", "metrics", "", "unauthorized")]
    [InlineData("shop ops", "metrics", "shop", "forbidden")]
    [InlineData("shop ops", "metrics", "ops", "ops")]
    public void Require_KeysNeedAndRequest_WhoItIsOrWhyNot(string yaml, string need, string given, string expected)
    {
        var node = KeyConfig.OfNode("the node's key");
        var keys = new AccessKeys(Keys(yaml), yaml.Length == 0 && given != "node" ? null : node);
        var request = Request("X-Api-Key", given switch { "ops" => Ops.Key, "shop" => Shop.Key, "node" => "the node's key", _ => given });
        var needs = need switch { "caller" => NeedsKey.Caller, "metrics" => NeedsKey.OperatorWhereClosed, _ => NeedsKey.Operator };
        if (expected is "forbidden" or "unauthorized")
        {
            var code = expected == "forbidden" ? ErrorCode.Forbidden : ErrorCode.Unauthorized;
            Assert.Equal(code, Assert.Throws<ApiException>(() => keys.Require(request, needs)).Code);
        }
        else
        {
            Assert.Equal(expected, keys.Require(request, needs)?.Name ?? "");
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer  ")]
    [InlineData("X-Api-Key", "")]
    public void Require_Header_EitherOfThem(string header, string prefix)
        => Assert.Equal("ops", new AccessKeys(Keys("ops")).Require(Request(header, prefix + Ops.Key), NeedsKey.Operator)?.Name);

    [Theory]
    [InlineData("{ name: a, sha256: 00 }", "keys[0].sha256: is no sha256")]
    [InlineData("{ name: a }", "keys[0].sha256: is no sha256")]
    [InlineData("{ sha256: 00 }", "keys[0].name: is missing")]
    [InlineData("{ name: a, role: king, sha256: 00 }", "keys[0].role: 'king'")]
    public void Parse_WrongKey_SaysWhere(string entry, string error)
        => Assert.Contains(error, Assert.Throws<ConfigException>(() => ConfigLoader.Parse($"keys: [{entry}]", "evergrain.yaml")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("http://0.0.0.0:8080", "", false)]
    [InlineData("http://10.0.0.5:8080", "ops", false)] // keeps nobody from predicting
    [InlineData("http://10.0.0.5:8080", "shop", true)]
    [InlineData("http://localhost:8080", "", true)]
    [InlineData("http://127.0.0.1:8080", "", true)]
    public void Parse_ListensOffLoopback_OnlyWithCallersKeys(string listen, string keys, bool taken)
    {
        var yaml = $"gateways:\n  - {{ name: g, listen: [{listen}] }}\n{Yaml(keys)}";
        if (taken) Assert.Single(ConfigLoader.Parse(yaml, "evergrain.yaml").Gateways);
        else
        {
            var said = Assert.Throws<ConfigException>(() => ConfigLoader.Parse(yaml, "evergrain.yaml")).Message;
            Assert.All(new[] { "line 2", "gateways[0].listen", listen, "./evergrain key", "insecure: true" }, part => Assert.Contains(part, said, StringComparison.Ordinal));
        }

        Assert.True(ConfigLoader.Parse(yaml.Replace("] }", "], insecure: true }", StringComparison.Ordinal), "evergrain.yaml").Gateways[0].Insecure);
    }

    private static System.Collections.Immutable.ImmutableArray<KeyConfig> Keys(string names) => ConfigLoader.Parse(Yaml(names), "evergrain.yaml").Keys;

    private static string Yaml(string names) => names.Length == 0 ? "" : "keys:\n" + string.Join('\n', names.Split(' ').Select(n => n == "ops" ? Ops.Line : Shop.Line));

    /// <summary>What `evergrain key` prints is what the YAML takes.</summary>
    private static (string Key, string Line) Make(string name, string role)
    {
        var output = new StringWriter();
        KeyCommand.Make(name, role, output);
        var lines = output.ToString().Split('\n');
        return (lines[0][(lines[0].LastIndexOf(' ') + 1)..].Trim(), lines.Single(l => l.Contains("sha256", StringComparison.Ordinal)));
    }

    private static HttpRequest Request(string header, string value)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[header] = value;
        return context.Request;
    }
}
