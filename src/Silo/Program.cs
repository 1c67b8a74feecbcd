using Evergrain.Hosting;
using Evergrain.Silo;

return await EvergrainProcess.RunAsync(
    "silo",
    args,
    identity => SiloProcess.RunAsync(EvergrainProcess.CreateBuilder(identity, SiloMetrics.MeterName, "Microsoft.Orleans"), identity));
