using Evergrain.Cli.Commands;
using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Gateway;

public class OperatorKeysTests
{
    private readonly string _key;
    private readonly OperatorKeys _keys;

    public OperatorKeysTests()
    {
        (_key, var first) = Make("ops");
        (_, var second) = Make("night");
        _keys = new OperatorKeys(ConfigLoader.Parse($"keys:\n{first}\n{second}\n", "evergrain.yaml").Keys);
    }

    [Theory]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "bearer  ")]
    [InlineData("X-Api-Key", "")]
    public void Require_KeyOfTheYaml_ItsName(string header, string prefix) => Assert.Equal("ops", _keys.Require(Request(header, prefix + _key)));

    [Theory]
    [InlineData("Authorization", "Bearer wrong")]
    [InlineData("Authorization", "Basic b3BzOm9wcw==")]
    [InlineData("X-Api-Key", "")]
    [InlineData("X-Other", "x")]
    public void Require_NoKeyOrAnother_Unauthorized(string header, string value)
        => Assert.Equal(ErrorCode.Unauthorized, Assert.Throws<ApiException>(() => _keys.Require(Request(header, value))).Code);

    [Fact]
    public void Require_NoneInTheYaml_ForbiddenAndSaysHow()
    {
        var refused = Assert.Throws<ApiException>(() => new OperatorKeys([]).Require(Request("X-Api-Key", _key)));
        Assert.Equal(ErrorCode.Forbidden, refused.Code);
        Assert.Contains("evergrain key", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ name: a, sha256: 00 }", "keys[0].sha256: is no sha256")]
    [InlineData("{ name: a }", "keys[0].sha256: is no sha256")]
    [InlineData("{ sha256: 00 }", "keys[0].name: is missing")]
    [InlineData("{ name: a, role: king, sha256: 00 }", "keys[0].role: 'king'")]
    public void Parse_WrongKey_SaysWhere(string entry, string error)
        => Assert.Contains(error, Assert.Throws<ConfigException>(() => ConfigLoader.Parse($"keys: [{entry}]", "evergrain.yaml")).Message, StringComparison.Ordinal);

    /// <summary>What `evergrain key` prints is what the YAML takes.</summary>
    private static (string Key, string Line) Make(string name)
    {
        var output = new StringWriter();
        KeyCommand.Make(name, output);
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
