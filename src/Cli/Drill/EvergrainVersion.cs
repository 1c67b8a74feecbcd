using System.Reflection;

namespace Evergrain.Cli.Drill;

internal static class EvergrainVersion
{
    /// <summary>Of this build: "0.1.0".</summary>
    public static string Current { get; } = typeof(EvergrainVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
