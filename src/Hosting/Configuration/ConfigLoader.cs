namespace Evergrain.Hosting.Configuration;

/// <summary>Reads and checks evergrain.yaml.</summary>
public static class ConfigLoader
{
    /// <summary>Reads <paramref name="file"/>; a key that is left out has its default.</summary>
    /// <exception cref="ConfigException">Anything is wrong with it; names all errors with value and line.</exception>
    public static EvergrainConfig Load(string file) => throw new ConfigException(file, []);
}
