using MudBlazor;

namespace Evergrain.WebUI.App.Layout;

/// <summary>Colours and fonts; every pair of text and ground has a contrast of at least 4.5 : 1 (WCAG AA).</summary>
internal static class PageTheme
{
    private static readonly string[] Fonts =
        ["system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "sans-serif"];

    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6e4f",
            Secondary = "#1f5f8b",
            Success = "#1b7a43",
            Error = "#b3261e",
            Warning = "#8a5a00",
            Info = "#1f5f8b",
            Background = "#f6f7f5",
            Surface = "#ffffff",
            TextPrimary = "#1c211f",
            TextSecondary = "#4a524e",
            TextDisabled = "#6b726e",
            LinesDefault = "#d9ddda",
            TableLines = "#d9ddda",
            LinesInputs = "#767d79",
            ActionDefault = "#4a524e",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#5fd3a6",
            PrimaryContrastText = "#0d1512",
            Secondary = "#8fc4ea",
            SecondaryContrastText = "#0d1512",
            Success = "#6fd68f",
            SuccessContrastText = "#0d1512",
            Error = "#ff9a91",
            ErrorContrastText = "#1d0b09",
            Warning = "#f0c060",
            WarningContrastText = "#1d1503",
            Info = "#8fc4ea",
            InfoContrastText = "#0d1512",
            Background = "#121614",
            Surface = "#1b211e",
            TextPrimary = "#eef2ef",
            TextSecondary = "#b9c2bd",
            TextDisabled = "#8f9893",
            LinesDefault = "#35403a",
            TableLines = "#35403a",
            LinesInputs = "#87918b",
            ActionDefault = "#b9c2bd",
        },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Fonts }, Button = new ButtonTypography { TextTransform = "none" } },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px" },
    };
}
