using System.Net;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo;
using Orleans.Configuration;

namespace Evergrain.UnitTests.Silo;

public class OrleansSetupTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1", "::1")]
    [InlineData("10.1.2.3", "10.1.2.3", "0.0.0.0")]
    [InlineData("fd00::7", "fd00::7", "::")]
    [InlineData("localhost", "127.0.0.1", "127.0.0.1")]
    public void ConfigureEndpoints_Host_AdvertisedAndListenedOn(string host, string advertised, string listen)
    {
        var options = new EndpointOptions();

        OrleansSetup.ConfigureEndpoints(options, Silo(host));

        Assert.Equal(IPAddress.Parse(advertised), options.AdvertisedIPAddress);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(listen), 11111), options.SiloListeningEndpoint);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(listen), 30000), options.GatewayListeningEndpoint);
        Assert.Equal((11111, 30000), (options.SiloPort, options.GatewayPort));
    }

    [Fact]
    public void ConfigureEndpoints_UnknownHost_NamesHostAndSilo()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => OrleansSetup.ConfigureEndpoints(new EndpointOptions(), Silo("no-such-host.invalid")));

        Assert.Contains("no-such-host.invalid", error.Message, StringComparison.Ordinal);
        Assert.Contains("silo-a", error.Message, StringComparison.Ordinal);
    }

    private static SiloConfig Silo(string host)
        => new() { Name = "silo-a", Host = host, SiloPort = 11111, GatewayPort = 30000, AdminPort = 9101 };
}
