using System.Globalization;

namespace Evergrain.WebUI.App.Language;

/// <summary>The language that the page speaks now. Switched without a reload, which would lose the visit's work; resource assemblies are loaded once, for one
/// language, and so both languages are plain objects.</summary>
internal sealed class Speech
{
    public event Action? Changed;

    public Words Words { get; private set; } = ChineseWords.All;

    public bool IsEnglish => Words == EnglishWords.All;

    public void Use(bool english)
    {
        Words = english ? EnglishWords.All : ChineseWords.All;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture
            = CultureInfo.GetCultureInfo(Words.Tag);
        Changed?.Invoke();
    }
}
