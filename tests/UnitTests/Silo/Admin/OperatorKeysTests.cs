using System.Text;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo.Admin;
using Microsoft.AspNetCore.Http;

namespace Evergrain.UnitTests.Silo.Admin;

public class OperatorKeysTests
{
    private static readonly KeyConfig Ops = Key("ops", KeyRole.Operator);
    private static readonly KeyConfig Shop = Key("shop", KeyRole.Caller);

    private readonly OperatorKeys _keys = new([Shop, Ops], "the node's key");

    [Theory]
    [InlineData("Bearer ops key", "Operator ops")]
    [InlineData("bearer  ops key", "Operator ops")]
    [InlineData("Bearer shop key", "Caller shop")]
    [InlineData("Bearer the node's key", "Node node")]
    [InlineData("Bearer wrong", "Wrong ")]
    [InlineData("Bearer", "Missing ")]
    [InlineData("Digest ops key", "Missing ")]
    [InlineData("ops key", "Missing ")]
    [InlineData("", "Missing ")]
    [InlineData("   ", "Missing ")]
    public void Judge_Authorization_WhatItIsWorth(string header, string expected) => Assert.Equal(expected, Judge("Authorization", header));

    [Theory]
    [InlineData("ops key", "Operator ops")]
    [InlineData(" ops key ", "Operator ops")]
    [InlineData("shop key", "Caller shop")]
    [InlineData("wrong", "Wrong ")]
    [InlineData("", "Missing ")]
    public void Judge_ApiKey_WhatItIsWorth(string header, string expected) => Assert.Equal(expected, Judge("X-Api-Key", header));

    [Theory]
    [InlineData("ops:ops key", "Operator ops")]
    [InlineData("anybody at all:ops key", "Operator ops")]
    [InlineData(":ops key", "Operator ops")]
    [InlineData("ops key:", "Missing ")] // what a browser sends for a name alone: no try
    [InlineData("ops key", "Missing ")] // no colon
    [InlineData("a:b:ops key", "Wrong ")] // a password may hold colons
    [InlineData("ops:wrong", "Wrong ")]
    [InlineData("ops:shop key", "Caller shop")]
    public void Judge_Basic_ThePasswordCounts(string pair, string expected)
        => Assert.Equal(expected, Judge("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))));

    [Theory]
    [InlineData("Basic %%%")]
    [InlineData("Basic b3Bz_")]
    [InlineData("Basic ")]
    public void Judge_BasicThatIsNoBase64_NoKey(string header) => Assert.Equal("Missing ", Judge("Authorization", header));

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)] // callers' keys close the gateways only
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void Asked_KeysOfTheYaml_OnlyWhereOneIsAnOperators(bool caller, bool ops, bool asked)
        => Assert.Equal(asked, new OperatorKeys([.. caller ? [Shop] : Array.Empty<KeyConfig>(), .. ops ? [Ops] : Array.Empty<KeyConfig>()], "the node's key").Asked);

    [Fact]
    public void Replace_OtherKeys_CountAtOnce()
    {
        var keys = new OperatorKeys([Shop], "the node's key");
        var headers = new HeaderDictionary { ["X-Api-Key"] = "ops key" };
        Assert.Equal((false, KeyVerdict.Wrong), (keys.Asked, keys.Judge(headers).Verdict));
        keys.Replace([Ops]);
        Assert.Equal((true, KeyVerdict.Operator), (keys.Asked, keys.Judge(headers).Verdict));
    }

    [Fact]
    public void Judge_NoNodeKey_Nobodys()
    {
        var headers = new HeaderDictionary { ["X-Api-Key"] = "the node's key" };
        Assert.Equal(KeyVerdict.Wrong, new OperatorKeys([Ops], null).Judge(headers).Verdict);
    }

    private static KeyConfig Key(string name, KeyRole role) => KeyConfig.OfNode($"{name} key") with { Name = name, Role = role };

    private string Judge(string header, string value)
    {
        var (verdict, name) = _keys.Judge(new HeaderDictionary { [header] = value });
        return $"{verdict} {name}";
    }
}
