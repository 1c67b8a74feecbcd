using System.Security.Cryptography;
using System.Text;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Supervision;

/// <summary>Where <c>up</c> keeps what: .evergrain beside the YAML file.</summary>
internal sealed class StateFolder(EvergrainConfig config)
{
    /// <summary>sockaddr_un holds 104 bytes on some systems and 108 on others.</summary>
    private const int LongestSocketPath = 100;

    public string ConfigFolder => config.Folder;

    public string LogOf(string name) => Path.Combine(config.StateFolder, "logs", $"{name}.log");

    public string OutputOf(string name) => Path.Combine(config.StateFolder, "logs", $"{name}.out");

    public string LockOf(string node) => Path.Combine(config.StateFolder, $"up-{node}.lock");

    public string PidOf(string node) => Path.Combine(config.StateFolder, $"up-{node}.pid");

    /// <summary>Held while the node's silos change their model.</summary>
    public string ModelLockOf(string node) => Path.Combine(config.StateFolder, $"model-{node}.lock");

    /// <summary>The control socket of a node's <c>up</c>: in the temp folder under a name made from its path where that is too long.</summary>
    public string SocketOf(string node)
    {
        var path = Path.Combine(config.StateFolder, $"up-{node}.sock");
        if (Encoding.UTF8.GetByteCount(path) <= LongestSocketPath)
            return path;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 12));
        return Path.Combine(Path.GetTempPath(), $"evergrain-{hash}.sock");
    }
}
