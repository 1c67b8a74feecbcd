using System.Reflection;
using System.Xml.Linq;

namespace Evergrain.UnitTests.Architecture;

/// <summary>Which project may reference which: the table in docs/architecture.md.</summary>
public class ProjectReferenceTests
{
    private static readonly string Root = OurAssemblies.Root;

    public static TheoryData<string, string[]> Table => new()
    {
        { "Grains.Abstractions", [] },
        { "Grains", ["Grains.Abstractions"] },
        { "Hosting", [] },
        { "Tls", [] },
        { "Silo", ["Grains", "Grains.Abstractions", "Hosting", "Tls"] },
        { "Client", ["Grains.Abstractions", "Tls"] },
        { "Gateway", ["Client", "Grains.Abstractions", "Hosting"] },
        { "Cli", ["Client", "Hosting", "Tls"] },
        { "WebUI", ["Hosting"] },
        { "WebUI.App", [] },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Project_References_OnlyWhatTheTableAllows(string project, string[] allowed)
    {
        var references = XDocument.Load(Directory.GetFiles(Path.Combine(Root, "src", project), "*.csproj").Single())
            .Descendants("ProjectReference").Select(r => Path.GetFileName(Path.GetDirectoryName((string)r.Attribute("Include")!)!));
        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void Projects_All_AreInTheTable()
        => Assert.Empty(Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(f => Path.GetFileName(Path.GetDirectoryName(f))).Except(Table.Select(row => (string?)row.Data.Item1)));

    [Fact]
    public void GatewayAssembly_Closure_HasNeitherGrainsNorTheRuntimeOfModels()
        => Assert.DoesNotContain(Closure(Assembly.Load("Evergrain.Gateway")), n => n is "Evergrain.Grains" or "Microsoft.ML.OnnxRuntime");

    [Fact]
    public void EngineTypes_AnyMember_NameNoOrleansType()
    {
        var orleans = typeof(Evergrain.Engine.IInferenceEngine).Assembly.GetTypes().Where(t => t.Namespace?.StartsWith("Evergrain.Engine", StringComparison.Ordinal) == true)
            .SelectMany(t => t.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .SelectMany(Types).Where(t => t.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true);
        Assert.Empty(orleans);
    }

    [Fact]
    public void Assemblies_Ours_AreNamedEvergrain()
        => Assert.All(Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories),
            f => Assert.StartsWith("Evergrain.", Path.GetFileName(f), StringComparison.Ordinal));

    private static IEnumerable<Type> Types(MemberInfo member) => member switch
    {
        FieldInfo f => [f.FieldType],
        PropertyInfo p => [p.PropertyType],
        MethodInfo m => [m.ReturnType, .. m.GetParameters().Select(p => p.ParameterType)],
        ConstructorInfo c => c.GetParameters().Select(p => p.ParameterType),
        _ => [],
    };

    private static HashSet<string> Closure(Assembly assembly)
    {
        var seen = new HashSet<string>();
        var open = new Queue<Assembly>([assembly]);
        while (open.TryDequeue(out var next))
        {
            foreach (var name in next.GetReferencedAssemblies().Where(n => n.Name!.StartsWith("Evergrain", StringComparison.Ordinal) || n.Name.StartsWith("Microsoft.ML", StringComparison.Ordinal)))
            {
                if (seen.Add(name.Name!) && name.Name!.StartsWith("Evergrain", StringComparison.Ordinal)) open.Enqueue(Assembly.Load(name));
            }
        }

        return seen;
    }
}
