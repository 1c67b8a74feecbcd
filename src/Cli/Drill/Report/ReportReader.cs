using System.Text.Json;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Report;

/// <summary>Reads back what <see cref="ReportWriter"/> wrote, to make the report again without running the drill again.</summary>
internal static class ReportReader
{
    /// <exception cref="UserException">The file is missing or is no drill's result.</exception>
    public static async Task<DrillReport> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync(file, ReportJson.Report, cancellationToken)
                ?? throw new UserException($"{path} holds no drill's result.");
        }
        catch (JsonException e)
        {
            throw new UserException($"{path} is no drill's result: {e.Message}");
        }
        catch (IOException e)
        {
            throw new UserException($"{path} cannot be read: {e.Message}");
        }
    }
}
