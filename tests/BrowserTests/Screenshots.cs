using System.Text;
using Microsoft.Playwright;

namespace Evergrain.BrowserTests;

/// <summary>Makes the pictures of docs/webui. Only on demand: the runner's option -explicit only.</summary>
public sealed class Screenshots(Browser browser) : IClassFixture<Browser>
{
    [Theory(Explicit = true)]
    [InlineData("zh-light", 1280, false, false)]
    [InlineData("en-dark", 1280, true, true)]
    [InlineData("zh-phone", 390, false, false)]
    [InlineData("en-phone-dark", 390, true, true)]
    public async Task Take_EveryPage(string name, int width, bool dark, bool english)
    {
        await using var cluster = await Cluster.StartAsync(pages: true);
        await using var visit = await Visit.OpenAsync(browser, cluster.Page, width, 844, dark);
        if (english) await visit.Test("language").ClickAsync();
        await visit.Page.Locator(".chip").Nth(0).ClickAsync();
        await visit.Test("result").Locator(".verdict").First.WaitForAsync();
        await visit.Page.Locator(".chip").Nth(2).ClickAsync();
        await visit.Test("clauses").WaitForAsync();
        await TakeAsync(visit, $"one-{name}");

        await visit.Page.Locator("nav a").Nth(1).ClickAsync();
        var csv = "编号,评论,日期,门店\n" + string.Concat(Texts.Of(600, 3).Select((t, i) => $"{i},{t},2026-11-{(i % 14) + 1:00},{(i % 3 == 0 ? "东店" : "西店")}\n"));
        await visit.UploadAsync("评论.csv", Encoding.UTF8.GetBytes(csv));
        await visit.Test("preview").WaitForAsync();
        await TakeAsync(visit, $"file-{name}");
        await visit.Test("start").ClickAsync();
        await visit.Test("new").WaitForAsync();
        await TakeAsync(visit, $"many-{name}");

        // A cluster that something happens to says more.
        Command.Signal(await cluster.PidAsync("silo-b"), Command.SigKill);
        await visit.Page.Locator("nav a").Nth(2).ClickAsync();
        await visit.Page.WaitForTimeoutAsync(1_500);
        await TakeAsync(visit, $"cluster-{name}");
    }

    private static async Task TakeAsync(Visit visit, string name)
    {
        await visit.Page.EvaluateAsync("scrollTo(0, 0)");
        await visit.Page.WaitForTimeoutAsync(500);
        await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Repository.Root, "docs", "webui", $"{name}.png"), FullPage = true });
    }
}
