using System.Reflection;

namespace Evergrain.UnitTests.Architecture;

/// <summary>What silos and clients of two versions say to each other: a rolling upgrade runs both side by side, so nothing that is written down may change its number,
/// its type or its name. What is new gets a new number.</summary>
public class WireContractTests
{
    private static readonly string File = Path.Combine(OurAssemblies.Root, "tests", "UnitTests", "data", "wire-contract.txt");

    [Fact]
    public void Contract_WrittenDown_IsStillKept()
    {
        var now = Describe().ToHashSet();
        var gone = System.IO.File.ReadAllLines(File).Where(line => !now.Contains(line)).ToList();
        Assert.True(gone.Count == 0, $"an older silo or gateway still says or expects:\n{string.Join('\n', gone)}");
    }

    [Fact]
    public void Contract_Today_IsWrittenDown()
    {
        var news = Describe().Except(System.IO.File.ReadAllLines(File)).ToList();
        Assert.True(news.Count == 0, $"new in the contract: add to {Path.GetFileName(File)}, from then on it is kept:\n{string.Join('\n', news)}");
    }

    private static IEnumerable<string> Describe()
    {
        foreach (var type in typeof(IInferenceGrain).Assembly.GetTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            if (type.GetCustomAttribute<GenerateSerializerAttribute>() is not null)
            {
                var alias = Alias(type) ?? throw new InvalidOperationException($"{type} goes over the wire without an alias");
                if (type.IsEnum) foreach (var value in Enum.GetValues(type)) yield return $"{alias} {value} = {Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)}";
                foreach (var (id, name, of) in Members(type)) yield return $"{alias} {id} {name} {of}";
            }

            if (!type.IsInterface || !typeof(Orleans.Runtime.IAddressable).IsAssignableFrom(type)) continue;
            foreach (var method in type.GetMethods().OrderBy(m => m.Name, StringComparer.Ordinal))
                yield return $"{Alias(type)} {Alias(method)}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))}) {Name(method.ReturnType)}";
        }
    }

    private static IEnumerable<(uint Id, string Name, string Type)> Members(Type type) => type
        .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(p => (p.GetCustomAttribute<IdAttribute>()?.Id, p.Name, Type: p.PropertyType))
        .Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(f => (f.GetCustomAttribute<IdAttribute>()?.Id, f.Name, Type: f.FieldType)))
        .Where(m => m.Id is not null && !m.Name.StartsWith('<')).Select(m => (m.Id!.Value, m.Name, Name(m.Type))).OrderBy(m => m.Value);

    private static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias;

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : Alias(type) ?? type.Name;
}
