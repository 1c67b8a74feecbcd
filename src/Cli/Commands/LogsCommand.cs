using System.CommandLine;
using System.Text.Json;
using Evergrain.Cli.Logs;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Commands;

internal static class LogsCommand
{
    private const int DefaultLines = 50;

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "As in the YAML file" };
        var config = ConfigFile.CreateOption();
        var lines = new Option<int>("--lines", "-n")
        {
            Description = $"How many of the last lines (default: {DefaultLines})",
            HelpName = "LINES",
            DefaultValueFactory = _ => DefaultLines,
        };
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
                result.AddError("--lines: give a number from 0 on.");
        });
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is written until Ctrl+C" };
        var json = new Option<bool>("--json") { Description = "The lines as they are in the file: one JSON object each" };
        var command = new Command("logs", "Show a process's log: time, level, message; and the last words of one that does not run")
        {
            name, lines, follow, json, config,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = ConfigFile.Load(parsed.GetValue(config));
            await new Reader(file, parsed.GetValue(json), Console.Out)
                .RunAsync(parsed.GetValue(name)!, parsed.GetValue(lines), parsed.GetValue(follow), cancellationToken);
            return 0;
        });
        return command;
    }

    private sealed class Reader(EvergrainConfig config, bool json, TextWriter output)
    {
        public async Task RunAsync(string name, int lines, bool follow, CancellationToken cancellationToken)
        {
            var processes = new RunningProcesses(config);
            var entry = processes.Find(name);
            var folder = new StateFolder(config);
            var log = new LogFiles(folder.LogOf(name), TimeProvider.System);
            var report = await processes.ReportAsync(entry, cancellationToken);
            var words = report?.Pid is null ? new OutputFile(folder.OutputOf(name)).Tail() : "";
            if (!log.Exist && words.Length == 0 && !follow)
                throw new UserException($"{name} has written no log here: {folder.LogOf(name)} does not exist");

            var tail = log.Tail(lines, out var end);
            foreach (var line in tail) await WriteAsync(line);
            if (words.Length > 0) await WriteLastWordsAsync(name, report, words.Split('\n').TakeLast(lines));
            if (!follow) return;
            try
            {
                await foreach (var line in log.FollowAsync(end, cancellationToken)) await WriteAsync(line);
            }
            catch (OperationCanceledException)
            {
                // Ctrl+C is how it ends.
            }
        }

        private Task WriteAsync(string line) => output.WriteLineAsync(json ? line : LogLine.ForPeople(line, TimeZoneInfo.Local));

        private async Task WriteLastWordsAsync(string name, ProcessReport? report, IEnumerable<string> words)
        {
            var exit = report?.LastExit is { } last ? $" (last ended: {last})" : "";
            if (!json) await output.WriteLineAsync($"-- {name} does not run here{exit}; its output:");
            foreach (var word in words) await output.WriteLineAsync(json ? JsonSerializer.Serialize(new { output = word }) : $"  {word}");
        }
    }
}
