namespace Evergrain.Cli.Drill.Scenarios;

/// <summary>Texts that the test build of the silo takes for poison; every other build takes them for texts. Common characters only: a vocabulary that
/// knows none of a text's characters cannot tell it from another.</summary>
internal static class PoisonTexts
{
    /// <summary>Ends the process as soon as it is about to be run.</summary>
    public const string Kill = "演练毒药:运行这一句的进程立刻死去";

    /// <summary>Makes the session throw.</summary>
    public const string Throw = "演练毒药:运行这一句的会话抛出异常";
}
