using System.Collections.Immutable;

namespace Evergrain.Hosting.Configuration;

/// <summary>One thing wrong with the YAML file.</summary>
/// <param name="Line">1-based line, 0 where the file as a whole is meant.</param>
/// <param name="Message">Names the key, its value and what would be right.</param>
public sealed record ConfigError(int Line, string Message);

/// <summary>Everything that is wrong with the YAML file, at once. Processes print the message and exit with 2.</summary>
public sealed class ConfigException(string file, ImmutableArray<ConfigError> errors) : Exception(Describe(file, errors))
{
    public ImmutableArray<ConfigError> Errors { get; } = errors;

    private static string Describe(string file, ImmutableArray<ConfigError> errors)
        => $"{file}: {errors.Length} error{(errors.Length == 1 ? "" : "s")}\n"
            + string.Join('\n', errors.Select(e => e.Line > 0 ? $"  line {e.Line}: {e.Message}" : $"  {e.Message}"));
}
