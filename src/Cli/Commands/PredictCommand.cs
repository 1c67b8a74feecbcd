using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

internal static class PredictCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // Chinese stays readable.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var texts = new Argument<string[]>("TEXT") { Description = "Texts to classify", Arity = ArgumentArity.OneOrMore };
        var config = ConfigFile.CreateOption();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("predict", "Ask the running cluster for the sentiment of texts") { texts, config, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(texts)!, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(EvergrainConfig config, string[] texts, bool json, CancellationToken cancellationToken)
    {
        using var client = new PredictClient(AddressesOf(config), GatewayCalls.KeyFor(config), TimeProvider.System);
        foreach (var text in texts)
        {
            var answer = await client.PredictAsync(text, cancellationToken);
            await Console.Out.WriteLineAsync(json
                ? JsonSerializer.Serialize(new { text, answer.Label, answer.Score }, Json)
                : string.Create(CultureInfo.InvariantCulture, $"{answer.Label} {answer.Score:0.00}  {text}"));
        }
        return 0;
    }

    /// <summary>Each gateway's own address first: the next one is then really another process.</summary>
    private static List<Uri> AddressesOf(EvergrainConfig config)
        => [.. config.Gateways.Select(g => g.Public ?? config.OwnAddress(g)!).Distinct()];
}
