namespace Evergrain.WebUI.App.Browser;

/// <summary>The operator's key, in this tab's session storage and nowhere else.</summary>
internal sealed class OperatorKey(BrowserStore store)
{
    private const string Key = "evergrain.operatorKey";

    public string? Value
    {
        get => store.ReadTab(Key);
        set => store.WriteTab(Key, string.IsNullOrWhiteSpace(value) ? null : value.Trim());
    }
}
