using Evergrain.Gateway;
using Evergrain.Hosting;

return await EvergrainProcess.RunAsync("gateway", args, GatewayHost.RunAsync);
