using System.Text;
using Evergrain.Engine;
using Evergrain.Silo.Membership;

namespace Evergrain.Silo.Tools;

/// <summary>
/// The commands that need the engine, or the membership database, but no cluster. They live in the silo's executable, because only the silo may reference the
/// engine and the drivers; the command line starts it for them.
/// </summary>
public static class ToolCommands
{
    internal const int Done = 0;
    internal const int Refused = 1;
    internal const int WrongArguments = 2;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The exit code: 0 done, 1 the model or the database is refused or wrong, 2 wrong arguments or input. Null where the arguments name
    /// none of the commands: then this process is to be a silo.</returns>
    public static Task<int>? TryRun(string[] args)
    {
        Func<string[], ToolConsole, Task<int>>? command = args switch
        {
            ["tokenize", ..] => (rest, console) => TokenizeCommand.RunAsync(rest[1..], console),
            ["model", "check", ..] => (rest, console) => ModelCheckCommand.RunAsync(rest[2..], console),
            ["model", "eval", ..] => (rest, console) => ModelEvalCommand.RunAsync(rest[2..], console),
            ["model", "compare", ..] => (rest, console) => ModelCompareCommand.RunAsync(rest[2..], console),
            ["model", ..] => (_, _) => throw new ToolUsageException(
                "'model' takes 'check DIR', 'eval DIR FILE.tsv...' or 'compare DIR OTHER FILE.tsv...'."),
            ["database", "install", ..] => (rest, console) => DatabaseCommands.InstallAsync(rest[2..], console),
            ["database", "sql", ..] => (rest, console) => DatabaseCommands.SqlAsync(rest[2..], console),
            ["database", "hosts", ..] => (rest, console) => DatabaseCommands.HostsAsync(rest[2..], console),
            ["database", ..] => (_, _) => throw new ToolUsageException("'database' takes 'install', 'sql' or 'hosts'."),
            _ => null,
        };
        return command is null ? null : RunStandardAsync(args, command);
    }

    /// <summary>Runs a command and turns what it throws into a message and an exit code.</summary>
    internal static async Task<int> RunAsync(string[] args, ToolConsole console, Func<string[], ToolConsole, Task<int>> command)
    {
        try
        {
            return await command(args, console);
        }
        catch (ToolUsageException e)
        {
            await console.Error.WriteLineAsync(e.Message);
            return WrongArguments;
        }
        catch (Exception e) when (e is ModelRefusedException or MembershipUnavailableException)
        {
            await console.Error.WriteLineAsync(e.Message);
            return Refused;
        }
    }

    private static async Task<int> RunStandardAsync(string[] args, Func<string[], ToolConsole, Task<int>> command)
    {
        // UTF-8 whatever the locale says, and without a byte order mark.
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        await using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { AutoFlush = true };
        return await RunAsync(args, new ToolConsole(input, output, error), command);
    }
}

/// <summary>Where a tool reads and writes.</summary>
internal sealed record ToolConsole(Stream Input, Stream Output, TextWriter Error);

/// <summary>The arguments or the input are wrong; the message says what to write.</summary>
internal sealed class ToolUsageException(string message) : Exception(message);
