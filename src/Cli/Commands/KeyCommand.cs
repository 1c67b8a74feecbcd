using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain key NAME: a new key and the line that the YAML needs for it.</summary>
internal static class KeyCommand
{
    private const int KeyBytes = 32;

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is; stands in the logs" };
        var role = new Option<string>("--role")
        {
            Description = "caller: predictions and a look at the cluster; operator: drain, undrain and metrics, too",
            DefaultValueFactory = _ => "caller",
        };
        role.AcceptOnlyFromAmong("caller", "operator");
        var command = new Command("key", "Make a key for the HTTP API and the web page, and the line that the YAML needs for it") { name, role };
        command.SetAction(parsed => Make(parsed.GetValue(name)!, parsed.GetValue(role)!, Console.Out));
        return command;
    }

    internal static void Make(string name, string role, TextWriter output)
    {
        var key = "eg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        output.WriteLine($$"""
            key (shown this once): {{key}}

            Put this into the YAML of every server, then ./evergrain reload:

            keys:
              - { name: {{name}}, role: {{role}}, sha256: {{hash}} }
            """);
    }
}
