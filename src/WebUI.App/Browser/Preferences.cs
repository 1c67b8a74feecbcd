using System.Globalization;
using Evergrain.WebUI.App.Language;

namespace Evergrain.WebUI.App.Browser;

/// <summary>What a person set: kept by the browser.</summary>
internal sealed class Preferences(BrowserStore store, Speech speech)
{
    private const string LanguageKey = "evergrain.language";
    private const string DarkKey = "evergrain.dark";
    private const string MarginKey = "evergrain.margin";

    private float _margin = 0.2f;
    private bool _dark;

    public event Action? Changed;

    public bool Dark
    {
        get => _dark;
        set
        {
            _dark = value;
            store.Write(DarkKey, value ? "1" : "0");
            Changed?.Invoke();
        }
    }

    /// <summary>Distance of the two probabilities below which a text counts as uncertain, 0 to 0.9.</summary>
    public float Margin
    {
        get => _margin;
        set
        {
            _margin = value;
            store.Write(MarginKey, value.ToString(CultureInfo.InvariantCulture));
            Changed?.Invoke();
        }
    }

    public void UseLanguage(bool english)
    {
        speech.Use(english);
        store.SetLanguage(speech.Words.Tag);
        store.Write(LanguageKey, speech.Words.Tag);
    }

    /// <summary>Chinese for everyone, whatever the browser's language, until a person switches.</summary>
    public void Load()
    {
        _dark = store.Read(DarkKey) is { } dark ? dark == "1" : store.PrefersDark;
        if (float.TryParse(store.Read(MarginKey), NumberStyles.Float, CultureInfo.InvariantCulture, out var margin)) _margin = Math.Clamp(margin, 0, 0.9f);
        speech.Use(store.Read(LanguageKey) == EnglishWords.All.Tag);
        store.SetLanguage(speech.Words.Tag);
    }
}
