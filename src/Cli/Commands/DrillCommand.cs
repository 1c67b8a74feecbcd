using System.CommandLine;
using System.Globalization;
using Evergrain.Cli.Drill;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Report;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;
using Spectre.Console;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain drill: makes faults on real processes under load and judges what callers saw of them.</summary>
internal static class DrillCommand
{
    internal sealed record Options
    {
        public bool List { get; init; }

        public IReadOnlyCollection<string> Scenarios { get; init; } = [];

        public bool SelfTest { get; init; }

        public bool Attach { get; init; }

        public bool Quick { get; init; }

        public double? Rate { get; init; }

        public TimeSpan? Length { get; init; }

        public string? ReportFolder { get; init; }
    }

    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var list = new Option<bool>("--list") { Description = "Show every scenario and whether it can run here" };
        var scenario = new Option<string[]>("--scenario") { Description = "Only these", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        var selfTest = new Option<bool>("--self-test") { Description = "Switch failover off and see whether the drill notices" };
        var attach = new Option<bool>("--attach") { Description = "Hurt the running cluster instead of one of the drill's own" };
        var quick = new Option<bool>("--quick") { Description = "Fewer repetitions and shorter waits" };
        var rate = new Option<double?>("--rate") { Description = "Requests a second (default: 35 % of the measured capacity, at least 20)", HelpName = "N" };
        var report = new Option<string?>("--report") { Description = "Folder of the report (default: .evergrain/drill/TIME)", HelpName = "DIR" };
        var minutes = new Option<int?>("--minutes") { Description = "Length of the scenarios `soak` (default: 30) and `steady` (default: 60)", HelpName = "N" };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } value && value is not (>= 1 and <= 10_080))
                result.AddError("--minutes must be 1 to 10080");
        });
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } value && value is not (> 0 and <= 10_000))
                result.AddError("--rate must be above 0 and at most 10000 requests a second");
        });
        var command = new Command("drill", "Make faults under load and judge what callers see of them; exit code 0 when all pass")
        {
            list, scenario, selfTest, attach, quick, rate, minutes, report, config,
        };
        command.SetAction((parsed, _) => RunAsync(ConfigFile.Load(parsed.GetValue(config)), new Options
        {
            List = parsed.GetValue(list),
            Scenarios = parsed.GetValue(scenario) ?? [],
            SelfTest = parsed.GetValue(selfTest),
            Attach = parsed.GetValue(attach),
            Quick = parsed.GetValue(quick),
            Rate = parsed.GetValue(rate),
            Length = parsed.GetValue(minutes) is { } length ? TimeSpan.FromMinutes(length) : null,
            ReportFolder = parsed.GetValue(report),
        }));
        return command;
    }

    private static async Task<int> RunAsync(EvergrainConfig config, Options options)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserException("the drill needs Linux: it stops, continues and kills processes by signals", exitCode: 2);
        if (options is { SelfTest: true, Attach: true })
            throw new UserException("--self-test switches failover off, which it may not do to a running cluster: leave out --attach", exitCode: 2);
        if (options.Attach && config.Keys.Any(k => k.Role == KeyRole.Caller) && GatewayCalls.KeyFor(config) is null)
            throw new UserException("--attach: the running cluster asks callers for keys; run the drill as the user of its processes, or give it a key without a rate in EVERGRAIN_KEY", exitCode: 2);
        if (options.SelfTest && options.Scenarios.Count > 0)
            throw new UserException($"--self-test runs {string.Join(" and ", ScenarioCatalogue.SelfTest)}: leave out --scenario", exitCode: 2);
        var environment = new DrillEnvironment
        {
            Config = config,
            Attached = options.Attach,
            Quick = options.Quick,
            Length = options.Length,
            SelfTest = options.SelfTest,
            FaultySilo = ProcessLayout.OfThisProgram.TryFind("FaultySilo"),
        };
        var scenarios = ScenarioCatalogue.Choose(options.SelfTest ? ScenarioCatalogue.SelfTest : options.Scenarios);
        if (options.List)
        {
            ScenarioTable.Of(options.Scenarios.Count > 0 ? scenarios : ScenarioCatalogue.All, environment)
                .Write(Console.Out, Console.IsOutputRedirected, ScenarioTable.ColourOf);
            return 0;
        }

        var folder = Path.GetFullPath(options.ReportFolder
            ?? Path.Combine(config.StateFolder, "drill", environment.Time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)));
        using var requests = new StopRequests();
        await using var progress = new DrillProgress(AnsiConsole.Console, environment.Time);
        DrillReport report;
        try
        {
            report = await new DrillRunner(environment, options.Rate, progress).RunAsync(scenarios, Path.Combine(folder, "logs"), requests.Stop);
        }
        catch (OperationCanceledException) when (requests.Stop.IsCancellationRequested)
        {
            throw new UserException("the drill was stopped; nothing was judged");
        }
        await ReportWriter.WriteAsync(report, folder, CancellationToken.None);
        await Console.Out.WriteLineAsync();
        DrillTables.Summary(report).Write(Console.Out, Console.IsOutputRedirected, DrillTables.ColourOf);
        return Conclude(report, folder);
    }

    private static int Conclude(DrillReport report, string folder)
    {
        Console.WriteLine($"report: {folder}");
        if (report.Scenarios.Any(s => s.Verdict == Verdict.Failed) && Directory.Exists(Path.Combine(folder, "logs")))
            Console.WriteLine($"logs of what failed: {Path.Combine(folder, "logs")}");
        if (!report.SelfTest)
        {
            Console.WriteLine(report.Passed ? "the drill passed" : "the drill FAILED");
            return report.Passed ? 0 : 1;
        }
        // The wrong way round on purpose: without failover a good judge condemns both.
        var noticed = Verdicts.Noticed(report);
        Console.WriteLine(noticed
            ? "self-test passed: with failover switched off, every scenario was judged failed, as it must be"
            : "self-test FAILED: with failover switched off, the drill must run every scenario to its end and judge it failed, and it did not");
        return noticed ? 0 : 1;
    }
}
