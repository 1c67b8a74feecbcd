namespace Evergrain.Hosting;

/// <summary>What the supervisor tells its children through the environment.</summary>
public static class ProcessEnvironment
{
    /// <summary>The child's name, so that a person who looks at a process knows which it is.</summary>
    public const string Name = "EVERGRAIN_NAME";

    /// <summary>"1": stdin is a pipe that the supervisor holds open for as long as the child shall live.</summary>
    public const string Supervised = "EVERGRAIN_SUPERVISED";

    /// <summary>File for the log; without it the log goes to stdout.</summary>
    public const string LogFile = "EVERGRAIN_LOG_FILE";

    /// <summary>Lowest level of Evergrain's own log events: Verbose, Debug, Information (the default), Warning, Error, Fatal.</summary>
    public const string LogLevel = "EVERGRAIN_LOG_LEVEL";

    internal static bool IsSupervised => Environment.GetEnvironmentVariable(Supervised) == "1";
}
