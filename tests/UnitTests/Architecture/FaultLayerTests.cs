using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Engine;
using Evergrain.Engine.Batching;
using Evergrain.Engine.Sessions;
using Evergrain.Hosting;
using Evergrain.Hosting.Configuration;
using Evergrain.Silo;
using Evergrain.Silo.Lifecycle;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrain.UnitTests.Architecture;

/// <summary>Sessions that fail on command are in one program under tests/. Nothing that people run has them, knows their words or can be told to use them.</summary>
public class FaultLayerTests
{
    private const string TestBuild = "Evergrain.FaultySilo";
    private const string Cli = "evergrain";

    private static readonly string[] Words =
    [
        SessionFault.Constants, SessionFault.NotANumber, SessionFault.Sticky, SessionFault.Hang, SessionFault.OutOfMemory,
        Path.GetFileName(Path.GetDirectoryName(SessionFault.FileOf("/state", "silo-a")))!, PoisonTexts.Kill, PoisonTexts.Throw,
    ];

    /// <summary>Ours, of which the silo's process consists.</summary>
    public static TheoryData<string> SiloAssemblies => [.. OurAssemblies.Closure("Evergrain.Silo")];

    public static TheoryData<string> ShippedAssemblies => [.. OurAssemblies.Closure("Evergrain.Silo").Union(OurAssemblies.Closure("Evergrain.Gateway")).Union(OurAssemblies.Closure(Cli))];

    [Fact]
    public void SiloAssemblies_Sessions_AreTheOneOfOnnxRuntime()
    {
        var sessions = OurAssemblies.Closure("Evergrain.Silo").SelectMany(name => Assembly.Load(name).GetTypes()).Where(t => t.IsClass && t.IsAssignableTo(typeof(IModelSession)));
        // The second only counts the runs of another.
        Assert.Equal([typeof(OnnxSession), typeof(WatchedSession)], sessions.OrderBy(type => type.Name));
    }

    [Fact]
    public void SiloServices_AsItStarts_OpensTheEngineItself()
    {
        var config = ConfigLoader.Parse("", "/somewhere/evergrain.yaml");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.AddSilo(new ProcessIdentity("silo", config.Silos[0].Name, config));
        var opening = Assert.Single(builder.Services, service => service.ServiceType == typeof(OpenEngine));
        Assert.Equal(typeof(InferenceEngine), Assert.IsType<OpenEngine>(opening.ImplementationInstance).Method.DeclaringType);
    }

    [Theory]
    [MemberData(nameof(ShippedAssemblies))]
    public void ShippedAssembly_References_NotTheTestBuild(string assembly)
        => Assert.DoesNotContain(Assembly.Load(assembly).GetReferencedAssemblies(), reference => reference.Name == TestBuild);

    [Theory]
    [MemberData(nameof(SiloAssemblies))]
    public void SiloAssembly_Literals_AreNoneOfTheFaults(string assembly) => Assert.Empty(Literals(assembly).Intersect(Words));

    /// <summary>So that the look at the silo's literals means something.</summary>
    [Fact]
    public void DrillAssembly_Literals_AreAllOfTheFaults() => Assert.Empty(Words.Except(Literals(Cli)));

    [Fact]
    public void SourceProjects_Items_AreNoneOfTheTests()
        => Assert.All(Directory.GetFiles(Path.Combine(OurAssemblies.Root, "src"), "*.csproj", SearchOption.AllDirectories), project
            => Assert.DoesNotContain(
                XDocument.Load(project).Descendants().Where(item => item.Name.LocalName is not "InternalsVisibleTo").Attributes("Include"),
                include => include.Value.Contains("tests/", StringComparison.Ordinal) || include.Value.Contains("FaultySilo", StringComparison.Ordinal)));

    [Theory]
    [InlineData("Dockerfile")]
    [InlineData("docker-compose.yml")]
    [InlineData("run")]
    [InlineData("evergrain")]
    public void Shipping_File_NamesNoOtherSilo(string file)
    {
        var text = File.ReadAllText(Path.Combine(OurAssemblies.Root, file));
        Assert.DoesNotContain("FaultySilo", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("--silo-program", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dockerfile_Published_IsUnderSrc()
    {
        var published = File.ReadLines(Path.Combine(OurAssemblies.Root, "Dockerfile")).Where(line => line.Contains("dotnet publish", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(published);
        Assert.All(published, line => Assert.Contains("dotnet publish src/", line, StringComparison.Ordinal));
    }

    /// <summary>A key that is not known is an error, so what the file can choose is what the loader reads.</summary>
    [Theory]
    [InlineData("engine: { session: faulty }")]
    [InlineData("engine: { faults: on }")]
    [InlineData("model: { session: faulty }")]
    [InlineData("silos: [{ name: silo-a, session: faulty }]")]
    [InlineData("silos: [{ name: silo-a, program: Evergrain.FaultySilo }]")]
    public void Yaml_KeyThatWouldChooseASession_IsRefused(string yaml) => Assert.Throws<ConfigException>(() => ConfigLoader.Parse(yaml, "/somewhere/evergrain.yaml"));

    [Fact]
    public void SiloProcess_Environment_IsWhatTheSupervisorTells()
    {
        var told = typeof(ProcessEnvironment).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!);
        Assert.Equal(["EVERGRAIN_LOG_FILE", "EVERGRAIN_LOG_LEVEL", "EVERGRAIN_NAME", "EVERGRAIN_SUPERVISED"], told.Order());
        var named = SiloAssemblies.SelectMany(row => Literals(row.Data)).Where(text => text.StartsWith("EVERGRAIN_", StringComparison.Ordinal));
        Assert.Empty(named.Except(told));
    }

    /// <summary>Every string in an assembly's code, and the value of every constant.</summary>
    private static HashSet<string> Literals(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Assembly.Load(assembly).Location));
        var reader = file.GetMetadataReader();
        var found = new HashSet<string>();
        for (var next = MetadataTokens.UserStringHandle(1); !next.IsNil; next = reader.GetNextHandle(next)) found.Add(reader.GetUserString(next));
        for (var row = 1; row <= reader.GetTableRowCount(TableIndex.Constant); row++)
        {
            var constant = reader.GetConstant(MetadataTokens.ConstantHandle(row));
            if (constant.TypeCode == ConstantTypeCode.String) found.Add(Encoding.Unicode.GetString(reader.GetBlobBytes(constant.Value)));
        }

        return found;
    }
}
