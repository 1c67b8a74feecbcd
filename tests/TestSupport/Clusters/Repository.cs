namespace Evergrain.TestSupport;

/// <summary>Where the built programs and the model are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Model => Path.Combine(Root, "models", "default");

    /// <summary>The built executable of a project, next to this one in the artifacts folder.</summary>
    public static string Executable(string project, string name)
    {
        // …/artifacts/bin/Evergrain.ClusterTests/release/
        var pivot = new DirectoryInfo(AppContext.BaseDirectory);
        var file = Path.Combine(pivot.Parent!.Parent!.FullName, project, pivot.Name, name);
        Assert.True(File.Exists(file), $"{file} is missing: build the solution first");
        return file;
    }

    public static string Cli => Executable("Evergrain.Cli", "evergrain");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Orleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
