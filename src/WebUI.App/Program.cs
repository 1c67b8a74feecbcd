using Evergrain.WebUI.App;
using Evergrain.WebUI.App.Browser;
using Evergrain.WebUI.App.Cluster;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Language;
using Evergrain.WebUI.App.Pages;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MudBlazor.Services;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
// Each call has a limit of its own.
builder.Services.AddSingleton(services => new HttpClient(new KeyHandler(services.GetRequiredService<AccessKey>(), services.GetRequiredService<GatewayBook>()))
{
    BaseAddress = new Uri(builder.HostEnvironment.BaseAddress),
    Timeout = Timeout.InfiniteTimeSpan,
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Speech>();
builder.Services.AddSingleton<BrowserStore>();
builder.Services.AddSingleton<Preferences>();
builder.Services.AddSingleton<GatewayBook>();
builder.Services.AddSingleton<GatewayClient>();
builder.Services.AddSingleton<IPredictor>(services => services.GetRequiredService<GatewayClient>());
builder.Services.AddSingleton<PageHost>();
builder.Services.AddSingleton<ClusterWatch>();
builder.Services.AddSingleton<AccessKey>();
builder.Services.AddSingleton<OneSession>();
builder.Services.AddSingleton<ManySession>();
builder.Services.AddSingleton<Startup>();
builder.Services.AddMudServices();
await builder.Build().RunAsync();
