using Microsoft.Playwright;

namespace Evergrain.BrowserTests;

/// <summary>The system's Chromium, without a window.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Null where there is none: the tests are skipped then.</summary>
    public static string? Program => Array.Find(Programs, File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            // As root there is no sandbox; the rest keeps it from looking for what a closed network has not.
            Args =
            [
                "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--no-first-run",
                "--disable-features=OptimizationHints,MediaRouter,Translate", "--no-proxy-server", "--disable-dev-shm-usage",
            ],
        });
    }

    /// <summary>A browser of a new visitor.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="dark">Asks for dark pages.</param>
    /// <param name="password">What the visitor types where the browser asks for name and password.</param>
    public async Task<IBrowserContext> VisitAsync(int width = 1280, int height = 900, bool dark = false, string? password = null)
    {
        Assert.SkipWhen(_browser is null, "no Chromium here: apt install chromium");
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            AcceptDownloads = true,
            HttpCredentials = password is null ? null : new HttpCredentials { Username = "anybody", Password = password },
            // A browser of another language than Chinese: the page is Chinese all the same.
            Locale = "en-US",
            TimezoneId = "Asia/Shanghai",
        });
        context.SetDefaultTimeout(30_000);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
