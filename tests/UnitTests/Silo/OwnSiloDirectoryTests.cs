using System.Collections.Immutable;
using System.Net;
using Evergrain.Grains;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo;
using Evergrain.Silo.LoadReports;
using Evergrain.Silo.Poison;
using Microsoft.AspNetCore.Builder;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.GrainDirectory;

namespace Evergrain.UnitTests.Silo;

public class OwnSiloDirectoryTests
{
    private static readonly SiloAddress Own = SiloAddress.New(IPAddress.Loopback, 11111, 7);
    private static readonly GrainType Type = GrainType.Create("any");

    private readonly OwnSiloDirectory _directory = new(new Details());

    [Fact]
    public void SiloServices_AsItStarts_AsksIt()
    {
        var config = ConfigLoader.Parse("", "/somewhere/evergrain.yaml");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddSilo(new ProcessIdentity("silo", config.Silos[0].Name, config));
        Assert.Contains(builder.Services, service => service.ServiceType == typeof(IGrainDirectoryResolver) && service.ImplementationType == typeof(OwnSiloDirectory));
    }

    [Theory]
    [InlineData(typeof(InferenceGrain))]
    [InlineData(typeof(PoisonGrain))]
    [InlineData(typeof(LoadReportGrain))]
    public void TryResolve_GrainThatClientsCall_Own(Type grain)
    {
        Assert.True(_directory.TryResolveGrainDirectory(Type, Properties(grain), out var found));
        Assert.Same(_directory, found);
    }

    [Theory]
    [InlineData(typeof(Placed))]
    [InlineData(typeof(NotPlaced))]
    public void TryResolve_OtherGrain_CommonDirectory(Type grain)
    {
        Assert.False(_directory.TryResolveGrainDirectory(Type, Properties(grain), out var found));
        Assert.Null(found);
    }

    [Fact]
    public void TryResolve_UnknownGrain_CommonDirectory() => Assert.False(_directory.TryResolveGrainDirectory(Type, null, out _));

    [Fact]
    public async Task Lookup_AnyGrain_OwnSilo()
    {
        var id = GrainId.Create(Type, "0");

        var found = await _directory.Lookup(id);

        Assert.Equal((id, Own), (found!.GrainId, found.SiloAddress));
    }

    /// <summary>As Orleans fills them from the class's attributes.</summary>
    private static GrainProperties Properties(Type grain)
    {
        var properties = new Dictionary<string, string>();
        foreach (var attribute in grain.GetCustomAttributes(inherit: true).OfType<IGrainPropertiesProviderAttribute>())
            attribute.Populate(null!, grain, Type, properties);
        return new GrainProperties(properties.ToImmutableDictionary(StringComparer.Ordinal));
    }

    [RandomPlacement]
    private sealed class Placed;

    private sealed class NotPlaced;

    private sealed class Details : ILocalSiloDetails
    {
        public string Name => "silo-a";

        public string ClusterId => "c";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => Own;

        public SiloAddress GatewayAddress => Own;
    }
}
