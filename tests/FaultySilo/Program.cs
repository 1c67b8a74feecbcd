using Evergrain.Cli.Drill.Scenarios;
using Evergrain.Engine;
using Evergrain.Engine.Sessions;
using Evergrain.FaultySilo;
using Evergrain.Hosting;
using Evergrain.Silo;
using Evergrain.Silo.Lifecycle;

return await EvergrainProcess.RunAsync("silo", args, identity =>
{
    var builder = EvergrainProcess.CreateBuilder(identity, SiloMetrics.MeterName, "Microsoft.Orleans");
    var faults = new FaultFile(SessionFault.FileOf(identity.Config.StateFolder, identity.Name));
    // Before the silo's own, which it then keeps its hands off.
    builder.Services.AddSingleton<OpenEngine>((options, time, cancellationToken) => InferenceEngine.OpenWithAsync(
        options, time,
        (package, device, threads) => new CommandedSession(
            new PoisonedSession(OnnxSession.Open(package, device, threads), package), faults, package.Manifest.Labels.Length),
        cancellationToken));
    return SiloProcess.RunAsync(builder, identity);
});
