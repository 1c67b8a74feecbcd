using System.CommandLine;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

/// <summary>--config FILE, and where the file is looked for without it.</summary>
internal static class ConfigFile
{
    /// <summary>Set by the scripts at the root of the repository.</summary>
    private const string HomeVariable = "EVERGRAIN_HOME";
    private const string DefaultName = "evergrain.yaml";

    public static Option<string?> CreateOption() => new("--config")
    {
        Description = $"The YAML file that all processes share (default: ./{DefaultName}, then the one beside this program's scripts)",
        HelpName = "FILE",
    };

    /// <exception cref="ConfigException">It is wrong or, where it was named, missing.</exception>
    /// <exception cref="UserException">None was named and none is found.</exception>
    public static EvergrainConfig Load(string? named)
    {
        if (named is not null)
            return ConfigLoader.Load(named);
        string?[] folders = [".", Environment.GetEnvironmentVariable(HomeVariable)];
        var file = folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, DefaultName)).FirstOrDefault(File.Exists);
        return file is not null
            ? ConfigLoader.Load(file)
            : throw new UserException($"there is no {DefaultName} here; name one with --config FILE", exitCode: 2);
    }
}
