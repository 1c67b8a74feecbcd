using System.CommandLine;
using System.Security.Cryptography;
using Evergrain.Tls;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain certs: an authority for the cluster and certificates of it.</summary>
internal static class CertsCommand
{
    private const int DefaultDays = 825;

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Folder of the files", HelpName = "DIR", DefaultValueFactory = _ => "certs" };
        var owner = new Option<string>("--for") { Description = "Whose they are (a server's name); stands in the certificates", HelpName = "NAME", DefaultValueFactory = _ => "any" };
        var days = new Option<int>("--days") { Description = "Until they end", DefaultValueFactory = _ => DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 3650) result.AddError("--days must be 1 to 3650");
        });
        var command = new Command("certs", "Make the certificates with which silos and gateways know each other; again to renew them") { output, owner, days };
        command.SetAction(parsed => Make(
            parsed.GetValue(output)!, parsed.GetValue(owner)!, TimeSpan.FromDays(parsed.GetValue(days)), Console.Out, TimeProvider.System));
        return command;
    }

    internal static void Make(string folder, string owner, TimeSpan life, TextWriter output, TimeProvider time)
    {
        try
        {
            var (authority, made) = CertificateMaker.Authority(folder, time);
            using (authority)
            {
                foreach (var role in new[] { TlsRole.Silo, TlsRole.Client }) CertificateMaker.Issue(folder, role, owner, life, authority, time);
            }

            output.WriteLine($$"""
                {{Path.GetFullPath(folder)}}: {{(made ? "a new authority (ca.crt, ca.key)" : "the authority was there")}}, silo.crt and client.crt with their keys, until {{time.GetUtcNow() + life:yyyy-MM-dd}}

                Each server needs ca.crt, silo.crt, silo.key, client.crt and client.key in this folder beside its YAML, and the YAML says where:

                tls: { folder: {{folder}} }

                ca.key makes new certificates: keep it off the servers.
                """);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UserException($"{folder}: {e.Message}");
        }
    }
}
