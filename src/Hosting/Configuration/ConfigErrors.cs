using System.Collections.Immutable;

namespace Evergrain.Hosting.Configuration;

/// <summary>Collects everything that is wrong, so that a person mends the file once.</summary>
internal sealed class ConfigErrors
{
    private readonly List<ConfigError> _errors = [];

    public bool Any => _errors.Count > 0;

    public void Add(int line, string message) => _errors.Add(new ConfigError(line, message));

    public ImmutableArray<ConfigError> InOrder() => [.. _errors.OrderBy(e => e.Line)];
}
