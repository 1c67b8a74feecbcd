using System.Reflection;

namespace Evergrain.UnitTests.Architecture;

/// <summary>Where the sources lie, and which of our assemblies a program consists of.</summary>
internal static class OurAssemblies
{
    public static string Root { get; } = FindRoot();

    /// <summary>The names of an assembly and of all of ours that it needs.</summary>
    public static IReadOnlyCollection<string> Closure(string program)
    {
        var seen = new HashSet<string> { program };
        var open = new Queue<string>(seen);
        while (open.TryDequeue(out var next))
        {
            foreach (var name in Assembly.Load(next).GetReferencedAssemblies().Select(n => n.Name!).Where(n => n.StartsWith("Evergrain", StringComparison.OrdinalIgnoreCase)))
            {
                if (seen.Add(name)) open.Enqueue(name);
            }
        }

        return seen;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Orleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
