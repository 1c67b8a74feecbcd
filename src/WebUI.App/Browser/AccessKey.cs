namespace Evergrain.WebUI.App.Browser;

/// <summary>The person's key, in this tab's session storage and nowhere else.</summary>
internal sealed class AccessKey(BrowserStore store)
{
    private const string Key = "evergrain.key";

    private string? _value;
    private bool _read;

    public string? Value
    {
        get
        {
            if (!_read) (_value, _read) = (store.ReadTab(Key), true);
            return _value;
        }
        set
        {
            (_value, _read) = (string.IsNullOrWhiteSpace(value) ? null : value.Trim(), true);
            store.WriteTab(Key, _value);
        }
    }
}
