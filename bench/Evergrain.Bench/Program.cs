using Evergrain.Bench.Routing;

if (args is ["routing"]) return await RoutingBench.RunAsync();

Console.Error.WriteLine("usage: dotnet run -c Release --project bench/Evergrain.Bench -- routing");
return 2;
