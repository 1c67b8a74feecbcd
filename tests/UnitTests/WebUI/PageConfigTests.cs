using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.WebUI;

namespace Evergrain.UnitTests.WebUI;

public class PageConfigTests
{
    private const string TwoServers = """
        silos:
          - { name: silo-a, node: a, host: 10.0.0.1, insecure: true }
          - { name: silo-b, node: b, host: 10.0.0.2, insecure: true }
        gateways:
          - { name: gateway-a, node: a, listen: [http://0.0.0.0:8080], insecure: true }
          - { name: gateway-b, node: b, listen: [http://0.0.0.0:8080], insecure: true }
        webuis:
          - { name: webui-a, node: a, listen: [http://0.0.0.0:7860] }
          - { name: webui-b, node: b, listen: [http://0.0.0.0:7860] }
        """;

    [Fact]
    public void Of_Defaults_TheOwnAddressesByTheHostOfTheBrowser()
        => Assert.Equal(["gateway-a http://localhost:8081", "gateway-b http://localhost:8082"], Gateways("", "http://localhost:7860"));

    [Fact]
    public void Of_PublicAddress_GivenAsItIs() => Assert.Equal(["g https://api.example.cn"], Gateways("""
        gateways:
          - { name: g, listen: [http://127.0.0.1:8081], public: https://api.example.cn }
        """, "http://localhost:7860"));

    [Fact]
    public void Of_AddressThatABrowserCanUse_GivenAsItIs() => Assert.Equal(["g http://10.0.0.7:8081"], Gateways("""
        gateways:
          - { name: g, listen: [http://10.0.0.7:8081], insecure: true }
        """, "http://somewhere.example.cn:7860"));

    [Fact]
    public void Of_OtherServersWildcard_TheHostOfItsSilo()
        => Assert.Equal(["gateway-a http://ui.example.cn:8080", "gateway-b http://10.0.0.2:8080"], Gateways(TwoServers, "http://ui.example.cn:7860"));

    [Fact]
    public void Of_SecondServersPage_ItsOwnGatewayFirst()
        => Assert.Equal(["gateway-b http://10.0.0.2:8080", "gateway-a http://10.0.0.1:8080"], Gateways(TwoServers, "http://10.0.0.2:7860", "webui-b"));

    private static IEnumerable<string> Gateways(string yaml, string origin, string name = "webui-a")
        => PageConfig.Of(new ProcessIdentity("webui", name, ConfigLoader.Parse(yaml, "evergrain.yaml")), new Uri(origin)).Gateways.Select(g => $"{g.Name} {g.Url}");
}
