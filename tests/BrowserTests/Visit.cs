using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Evergrain.BrowserTests;

/// <summary>One visitor's page.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentBag<string> _errors = [];
    private readonly ConcurrentBag<Uri> _requests = [];
    private int _loads;
    private DirectoryInfo? _folder;

    private Visit(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _errors.Add(error);
        page.Request += (_, request) => _requests.Add(new Uri(request.Url));
        page.DOMContentLoaded += (_, _) => Interlocked.Increment(ref _loads);
        // A failed call is no error of the page; what Blazor or the content policy say is.
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _errors.Add(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>How often the page was loaded.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>Hosts that anything was asked of.</summary>
    public IEnumerable<string> Hosts => _requests.Where(r => r.Scheme is "http" or "https").Select(r => r.Host).Distinct();

    public ILocator Test(string name) => Page.Locator($"[data-test={name}]");

    public static async Task<Visit> OpenAsync(Browser browser, Uri address, int width = 1280, int height = 900, bool dark = false)
    {
        var context = await browser.VisitAsync(width, height, dark);
        var visit = new Visit(context, await context.NewPageAsync());
        await visit.Page.GotoAsync(address.ToString());
        await visit.Page.Locator("h1[tabindex]").WaitForAsync();
        return visit;
    }

    /// <summary>Saves what a click downloads.</summary>
    public async Task<byte[]> DownloadAsync(string test)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => Test(test).ClickAsync());
        return await File.ReadAllBytesAsync(await download.PathAsync());
    }

    public Task UploadAsync(string name, byte[] bytes)
        => Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = bytes });

    /// <summary>The same from a folder, as a person does it: to hand its bytes over takes the page's own time.</summary>
    public async Task DropAsync(string name, string text)
    {
        _folder ??= Directory.CreateTempSubdirectory("evergrain-");
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, text);
        await Page.Locator("#file").SetInputFilesAsync(path);
    }

    /// <summary>Waits until the batch is over.</summary>
    public async Task UntilDoneAsync(float seconds = 120) => await Assertions.Expect(Test("progress-state")).ToHaveTextAsync("分析完成", new() { Timeout = seconds * 1000 });

    public void RequireNoErrors() => Assert.Empty(_errors);

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        _folder?.Delete(recursive: true);
    }
}
