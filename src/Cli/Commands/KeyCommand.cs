using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain.Cli.Commands;

/// <summary>evergrain key NAME: a new operator's key and the line that the YAML needs for it.</summary>
internal static class KeyCommand
{
    private const int KeyBytes = 32;

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is; stands in the logs" };
        var command = new Command("key", "Make an operator's key, for drain and undrain through a gateway or the web page") { name };
        command.SetAction(parsed => Make(parsed.GetValue(name)!, Console.Out));
        return command;
    }

    internal static void Make(string name, TextWriter output)
    {
        var key = "eg_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        output.WriteLine($$"""
            key (shown this once): {{key}}

            Put this into the YAML of every server and restart the gateways (./evergrain restart --rolling):

            keys:
              - { name: {{name}}, role: operator, sha256: {{hash}} }
            """);
    }
}
