using Evergrain.Cli.Commands;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Cli;

public sealed class NodesCommandTests
{
    [Theory]
    [InlineData("", "local 127.0.0.1 127.0.0.1:8081\n")]
    [InlineData(
        """
        silos:
          - { name: s1, node: a, host: 10.0.0.11, insecure: true }
          - { name: s2, node: b, host: db-b, insecure: true }
        gateways:
          - { name: g1, node: a, listen: ["http://0.0.0.0:8080"], insecure: true }
          - { name: g2, node: c, listen: ["http://10.0.0.13:8080"], public: "http://10.0.0.13:8080", insecure: true }
        webuis: []
        """,
        "a 10.0.0.11 127.0.0.1:8080\nb db-b -\nc 10.0.0.13 10.0.0.13:8080\n")]
    public void Write_Nodes_HostAndGatewayOfEach(string yaml, string expected)
    {
        var output = new StringWriter { NewLine = "\n" };
        NodesCommand.Write(ConfigLoader.Parse(yaml, "/somewhere/evergrain.yaml"), output);
        Assert.Equal(expected, output.ToString());
    }
}
