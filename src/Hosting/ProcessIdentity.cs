using Evergrain.Hosting.Configuration;

namespace Evergrain.Hosting;

/// <summary>Who this process is: its kind ("silo", "gateway", "webui"), its name in the YAML, and the YAML itself.</summary>
public sealed record ProcessIdentity(string Kind, string Name, EvergrainConfig Config);
