namespace Evergrain.Cli.Supervision;

/// <summary>One child: what to start and where it answers.</summary>
/// <param name="Name">Its name in the YAML.</param>
/// <param name="Kind">"silo", "gateway" or "webui".</param>
/// <param name="Node">The node it belongs to.</param>
/// <param name="FileName">Its executable.</param>
/// <param name="Arguments">Its arguments, one by one.</param>
/// <param name="Health">Base address that reaches exactly this process: /health/live and /health/ready are under it.</param>
internal sealed record ChildSpec(string Name, string Kind, string Node, string FileName, IReadOnlyList<string> Arguments, Uri Health)
{
    public const string Silo = "silo";
    public const string Gateway = "gateway";
    public const string WebUi = "webui";
}
