using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo;
using Evergrain.Silo.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Silo.Telemetry;

public class TelemetryServicesTests
{
    [Theory]
    [InlineData("cpu", "auto", false)]
    [InlineData("cuda:0", "auto", true)]
    [InlineData("cpu, cuda:1", "auto", true)]
    [InlineData("cpu", "nvidia-smi", true)]
    [InlineData("cuda:0", "host", false)]
    public async Task AddSilo_DevicesAndTelemetry_ChooseTheSource(string devices, string telemetry, bool nvidia)
    {
        var config = ConfigLoader.Parse($"silos: [{{ name: silo-a, devices: [{devices}], telemetry: {telemetry} }}]", "/somewhere/evergrain.yaml");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddSilo(new ProcessIdentity("silo", "silo-a", config));
        builder.Services.AddLogging();
        await using var provider = builder.Services.BuildServiceProvider();
        Assert.Equal(nvidia ? "nvidia-smi" : "host", provider.GetRequiredService<IDeviceTelemetry>().Source);
        Assert.Equal(nvidia, builder.Services.Any(s => s.ServiceType == typeof(NvidiaSmiTelemetry)));
    }

    [Fact]
    public void CudaIndexes_MixedDevices_AreTheNumbersOfTheCudaOnes()
        => Assert.Equal([0, 3], TelemetryServices.CudaIndexes(new SiloConfig { Name = "silo-a", SiloPort = 1, GatewayPort = 2, AdminPort = 3, Devices = ["cuda:0", "cpu", "cuda:3"] }));
}
