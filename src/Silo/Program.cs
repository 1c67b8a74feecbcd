using Evergrain.Hosting;
using Evergrain.Silo;
using Evergrain.Silo.Tools;

// The model tools live in this executable because the engine does; `evergrain tokenize` and `evergrain model` start it.
if (ToolCommands.TryRun(args) is { } tool) return await tool;

return await EvergrainProcess.RunAsync(
    "silo",
    args,
    identity => SiloProcess.RunAsync(EvergrainProcess.CreateBuilder(identity, SiloMetrics.MeterName, "Microsoft.Orleans"), identity));
