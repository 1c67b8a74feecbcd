using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Gateway;

public class AllowedOriginsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7860", true)]
    [InlineData("http://localhost:7860", true)]
    [InlineData("https://ui.example.cn", true)]
    [InlineData("http://ui.example.cn", false)]
    [InlineData("http://localhost:7861", false)]
    [InlineData("null", false)]
    public void Contains_Origin_OnlyTheWebUis(string origin, bool allowed) => Assert.Equal(allowed, Origins("""
        webuis:
          - { name: webui-a, listen: [http://127.0.0.1:7860], public: https://ui.example.cn }
        """).Contains(origin));

    [Theory]
    [InlineData("http://10.0.0.1:7860", true)] // its silo's host
    [InlineData("http://10.0.0.2:7860", false)] // another node's
    [InlineData("http://gateway.example.cn:7860", true)]
    [InlineData("http://localhost:7860", true)]
    [InlineData("http://evil.example.cn:7860", false)]
    [InlineData("http://0.0.0.0:7860", false)]
    [InlineData("http://10.0.0.1:8081", false)]
    public void Contains_WildcardListen_TheHostsOfItsNode(string origin, bool allowed) => Assert.Equal(allowed, Origins("""
        silos:
          - { name: silo-a, node: a, host: 10.0.0.1, insecure: true }
          - { name: silo-b, node: b, host: 10.0.0.2, insecure: true }
        gateways:
          - { name: gateway-a, node: a, listen: [http://0.0.0.0:8081], public: http://gateway.example.cn:8081, insecure: true }
        webuis:
          - { name: webui-a, node: a, listen: [http://0.0.0.0:7860] }
        """).Contains(origin));

    private static AllowedOrigins Origins(string yaml) => new(ConfigLoader.Parse(yaml, "evergrain.yaml"));
}
