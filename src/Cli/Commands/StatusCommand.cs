using System.CommandLine;
using System.Text.Json;
using Evergrain.Cli.Status;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

internal static class StatusCommand
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("status", "Show every process and silo, and what is missing; exit code 0 only when nothing is") { config, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EvergrainConfig config, bool json, CancellationToken cancellationToken)
    {
        using var probe = new HealthProbe(ProbeTimeout);
        var report = await new StatusReader(config, probe).ReadAsync(cancellationToken);
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, Json));
        }
        else
        {
            StatusTables.Processes(report, TimeProvider.System.GetUtcNow()).Write(Console.Out, Console.IsOutputRedirected, StatusTables.ColourOf);
            await Console.Out.WriteLineAsync();
            StatusTables.Silos(report).Write(Console.Out, Console.IsOutputRedirected, StatusTables.ColourOf);
            await Console.Out.WriteLineAsync();
            DeviceTable.Of(report).Write(Console.Out, Console.IsOutputRedirected, StatusTables.ColourOf);
            if (!report.AllReady)
                await Console.Out.WriteLineAsync();
            foreach (var reason in report.Reasons)
                await Console.Out.WriteLineAsync($"{report.State}: {reason}");
        }
        return report.AllReady ? 0 : 1;
    }
}
