// Another service calls the cluster directly, without HTTP: give it one or more silos' client ports.
using Evergrain.Client;

string[] silos = args.Length > 0 ? args : ["127.0.0.1:30000", "127.0.0.1:30001"];
await using var client = await EvergrainClient.ConnectAsync(silos);

foreach (var text in new[] { "这个产品太棒了!", "质量很差，用了两天就坏了。" })
{
    var answer = await client.PredictAsync(text);
    Console.WriteLine($"{answer.Label} {answer.Score:F3} {answer.ServedBy} {text}");
}
