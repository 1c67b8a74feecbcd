using System.Net.Http.Json;
using System.Text.Json;
using Evergrain.WebUI.App.Browser;
using Evergrain.WebUI.App.Cluster;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Language;

namespace Evergrain.WebUI.App;

/// <summary>Fetches /config.json and starts what runs while the page is open.</summary>
internal sealed class Startup(HttpClient http, GatewayBook book, ClusterWatch watch, Preferences preferences, Speech speech, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Null until it is there.</summary>
    public PageSettings? Settings { get; private set; }

    public string Message { get; private set; } = "…";

    /// <param name="changed">Something to show has changed.</param>
    public async Task LoadAsync(Action changed)
    {
        preferences.Load();
        while (Settings is null)
        {
            try
            {
                var settings = await http.GetFromJsonAsync("config.json", AnswerJson.Default.PageSettings);
                book.Use(settings!);
                watch.Start();
                Settings = settings;
            }
            catch (Exception e) when (e is HttpRequestException or JsonException)
            {
                Message = speech.Words.NoSettings;
                changed();
                await Task.Delay(Retry, time);
            }
        }
    }
}
