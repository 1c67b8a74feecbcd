namespace Evergrain.Cli;

/// <summary>Something that a person can put right; the message says how and is printed without a stack.</summary>
internal sealed class UserException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
