using System.CommandLine;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;
using Evergrain.Tls;

namespace Evergrain.Cli.Commands;

internal static class UpCommand
{
    private static readonly TimeSpan EndsSoon = TimeSpan.FromDays(30);

    public static Command Create()
    {
        var config = ConfigFile.CreateOption();
        var node = NodeOption.Create();
        // For the drill: the test build of the silo, which a text can make die.
        var silo = new Option<string?>("--silo-program") { Hidden = true };
        var command = new Command("up", "Run every process of a node until Ctrl+C or SIGTERM; restart what ends unasked; SIGHUP: reload") { config, node, silo };
        command.SetAction((parsed, _) => RunAsync(ConfigFile.Load(parsed.GetValue(config)), parsed.GetValue(node), parsed.GetValue(silo)));
        return command;
    }

    private static async Task<int> RunAsync(EvergrainConfig config, string? wanted, string? siloProgram)
    {
        var node = NodeOption.Choose(config, wanted);
        // Said once, here, instead of by every gateway at every start.
        if (config.Gateways.Any(g => g.Node == node)) config.RequireVariables();
        RequireCertificates(config);
        var children = ProcessLayout.OfThisProgram.ChildrenOf(node, config, siloProgram).ToList();
        var up = new Up(config, node, new SupervisorOptions(), Console.Out, TimeProvider.System);
        using var requests = new StopRequests(up.Reload);
        await up.RunAsync(children, requests.Stop, requests.Insist);
        return 0;
    }

    /// <summary>Said once, here, instead of by every process at every start.</summary>
    private static void RequireCertificates(EvergrainConfig config)
    {
        if (config.Tls.Folder is not { } folder) return;
        try
        {
            foreach (var role in Enum.GetValues<TlsRole>())
            {
                var (certificate, authority) = TlsFiles.Load(folder, role, TimeProvider.System);
                using (certificate)
                using (authority)
                {
                    var left = certificate.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
                    if (left < EndsSoon)
                        Console.Error.WriteLine($"{TlsFiles.NameOf(role)}.crt ends in {left.TotalDays:0} days: make another (./evergrain certs --out {folder}) and ./evergrain restart --rolling");
                }
            }
        }
        catch (TlsException e)
        {
            throw new UserException(e.Message, exitCode: 2);
        }
    }
}
