using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting;

/// <summary>The two arguments of every process: which file, which entry of it.</summary>
internal sealed record ProcessArguments(string? ConfigFile, string Name)
{
    public const string DefaultFile = "evergrain.yaml";

    /// <returns>The arguments, or null and a message for a person.</returns>
    public static (ProcessArguments? Arguments, string? Problem) Parse(ReadOnlySpan<string> args)
    {
        string? file = null;
        string? name = null;
        for (var i = 0; i < args.Length; i++)
        {
            var (option, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (option is not ("--config" or "--name"))
                return (null, $"unknown argument '{args[i]}'");
            value ??= ++i < args.Length ? args[i] : null;
            if (string.IsNullOrEmpty(value))
                return (null, $"{option} needs a value");
            if (option == "--config")
                file = value;
            else
                name = value;
        }
        return name is null ? (null, "--name is missing") : (new ProcessArguments(file, name), null);
    }

    public static string Usage(string kind) =>
        $"""
        Usage: {Path.GetFileNameWithoutExtension(Environment.ProcessPath)} [--config FILE] --name NAME

          --config FILE   the YAML file that all processes share (default: ./{DefaultFile})
          --name NAME     which {kind} of the file this process is
        """;

    /// <summary>The file that was named; without one ./evergrain.yaml, and the defaults where that is missing too.</summary>
    /// <exception cref="ConfigException">The file is wrong, or the named one is missing.</exception>
    public EvergrainConfig LoadConfig()
        => ConfigFile is null && !File.Exists(DefaultFile) ? ConfigLoader.Parse("", DefaultFile) : ConfigLoader.Load(ConfigFile ?? DefaultFile);

    /// <summary>Names of that kind in the file.</summary>
    public static string[] NamesOf(string kind, EvergrainConfig config) => kind switch
    {
        "silo" => [.. config.Silos.Select(s => s.Name)],
        "gateway" => [.. config.Gateways.Select(g => g.Name)],
        "webui" => [.. config.WebUis.Select(w => w.Name)],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "silo, gateway or webui"),
    };
}
