namespace Evergrain.UnitTests;

/// <summary>Files that the tests read.</summary>
internal static class TestData
{
    /// <summary>A file or folder of tests/UnitTests/data.</summary>
    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "data", name);

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A folder of a shared/ that lies beside the checkout, or null.</summary>
    public static string? SharedFolder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = System.IO.Path.Combine(folder.FullName, "shared", name);
            if (Directory.Exists(path)) return path;
        }

        return null;
    }

    /// <summary>A copy of the tiny model package that a test may spoil.</summary>
    public static string CopyOfTinyModel()
    {
        var copy = Directory.CreateTempSubdirectory("evergrain-model-").FullName;
        foreach (var file in new DirectoryInfo(Path("tiny-model")).GetFiles()) file.CopyTo(System.IO.Path.Combine(copy, file.Name));
        return copy;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder!.FullName, "Orleans.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
