using Evergrain.Hosting;
using Evergrain.Silo;
using Evergrain.Silo.Tools;

// These tools live in this executable because the engine and the database's driver do; `evergrain tokenize`, `model` and `database` start it.
if (ToolCommands.TryRun(args) is { } tool) return await tool;

return await EvergrainProcess.RunAsync(
    "silo",
    args,
    identity => SiloProcess.RunAsync(EvergrainProcess.CreateBuilder(identity, SiloMetrics.MeterName, "Microsoft.Orleans"), identity));
