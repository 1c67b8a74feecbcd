using Microsoft.JSInterop;

namespace Evergrain.WebUI.App.Browser;

/// <summary>What the browser keeps for this page, and what only it can do.</summary>
internal sealed class BrowserStore(IJSRuntime js)
{
    private readonly IJSInProcessRuntime _js = (IJSInProcessRuntime)js;

    /// <summary>The browser of a person who set it to dark.</summary>
    public bool PrefersDark => _js.Invoke<bool>("evergrain.prefersDark");

    /// <summary>On this machine for good; null where there is none or the browser keeps nothing.</summary>
    public string? Read(string key) => _js.Invoke<string?>("evergrain.read", "local", key);

    public void Write(string key, string value) => _js.InvokeVoid("evergrain.write", "local", key, value);

    /// <summary>In this tab, until it closes.</summary>
    public string? ReadTab(string key) => _js.Invoke<string?>("evergrain.read", "session", key);

    /// <param name="key">Of the entry.</param>
    /// <param name="value">Null to forget it.</param>
    public void WriteTab(string key, string? value) => _js.InvokeVoid("evergrain.write", "session", key, value);

    /// <summary>Tells screen readers and fonts which language the page is in.</summary>
    public void SetLanguage(string tag) => _js.InvokeVoid("evergrain.language", tag);

    /// <summary>Saves a file as a download.</summary>
    public void Save(string name, string type, byte[] bytes) => _js.InvokeVoid("evergrain.save", name, type, bytes);

    /// <summary>Asks before the tab is closed, or not.</summary>
    public void KeepOpen(bool keep) => _js.InvokeVoid("evergrain.keepOpen", keep);
}
