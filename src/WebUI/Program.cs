using Evergrain.Hosting;
using Evergrain.WebUI;

return await EvergrainProcess.RunAsync("webui", args, WebUiHost.RunAsync);
