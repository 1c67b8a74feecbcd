namespace Evergrain.Cli.Drill.Clusters;

/// <summary>The model package as links in a folder of the drill's own, so that a file can be spoiled and put back while the original stays untouched.</summary>
internal sealed class ModelCopy
{
    private readonly string _original;

    private ModelCopy(string original, string folder) => (_original, Folder) = (original, folder);

    public string Folder { get; }

    public static ModelCopy Link(string original, string folder)
    {
        Directory.CreateDirectory(folder);
        var copy = new ModelCopy(original, folder);
        foreach (var file in Directory.GetFiles(original))
            copy.Restore(Path.GetFileName(file));
        return copy;
    }

    /// <summary>Puts another content in a file's place; the original behind the link is not written to.</summary>
    public void Spoil(string file, Func<byte[], byte[]> change)
    {
        var content = change(File.ReadAllBytes(Path.Combine(_original, file)));
        Remove(file);
        File.WriteAllBytes(Path.Combine(Folder, file), content);
    }

    public void Remove(string file) => File.Delete(Path.Combine(Folder, file));

    public void Restore(string file)
    {
        Remove(file);
        File.CreateSymbolicLink(Path.Combine(Folder, file), Path.Combine(_original, file));
    }
}
