using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

[Collection(HealthyPages.Name)]
public sealed class OneTextTests(PagesCluster pages, Browser browser)
{
    [Fact]
    public async Task Write_Text_LiveResultWithBarsAndHistory()
    {
        await using var visit = await OpenAsync();
        await visit.Page.Locator("#text").FillAsync("这家店的服务真不错，下次还来！");
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面");
        await Expect(visit.Test("result").Locator(".share-number")).ToHaveCountAsync(2);
        var shares = await visit.Test("result").Locator(".share-number").AllTextContentsAsync();
        Assert.Equal(100, shares.Sum(s => double.Parse(s.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture)), 0.11);
        await visit.Page.Locator("#text").FillAsync("质量太差，用了一天就坏了。");
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("负面");
        await Expect(visit.Test("history").Locator("li")).ToHaveCountAsync(2);
        await visit.Test("history").Locator("li").Nth(1).GetByRole(AriaRole.Button).ClickAsync();
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面");
        visit.RequireNoErrors();
    }

    [Fact]
    public async Task Example_MixedReview_ClauseByClause()
    {
        await using var visit = await OpenAsync();
        await visit.Page.Locator(".chip").Nth(2).ClickAsync();
        await Expect(visit.Test("clauses").Locator("li")).ToHaveCountAsync(4);
        var moods = await visit.Test("clauses").Locator(".verdict").AllTextContentsAsync();
        Assert.Contains("正面", moods);
        Assert.Contains("负面", moods);
    }

    [Fact]
    public async Task Margin_Widened_UncertainInsteadOfASide()
    {
        await using var visit = await OpenAsync();
        await visit.Page.Locator(".chip").Nth(2).ClickAsync(); // a mixed one
        await visit.Test("result").Locator(".verdict.large").WaitForAsync();
        await visit.Page.Locator("input[type=range]").FillAsync("0.8");
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("不确定");
    }

    [Fact]
    public async Task Language_Switched_EnglishAtOnceAndAfterAReload()
    {
        await using var visit = await OpenAsync();
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
        await visit.Page.Locator("#text").FillAsync("很好，很满意");
        await visit.Test("result").Locator(".verdict.large").WaitForAsync();
        await visit.Test("language").ClickAsync();
        // Nothing of the visit is lost.
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("positive");
        Assert.Equal(1, visit.Loads);
        await visit.Page.ReloadAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Sentiment of a Chinese text");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await visit.Test("language").ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("中文情感分析");
    }

    [Fact]
    public async Task BlankAndVeryLongText_NothingBreaks()
    {
        await using var visit = await OpenAsync();
        await visit.Page.Locator("#text").FillAsync("   ");
        await visit.Page.WaitForTimeoutAsync(800);
        await Expect(visit.Test("result").Locator(".verdict")).ToHaveCountAsync(0);
        await visit.Page.Locator("#text").FillAsync(string.Concat(Enumerable.Repeat("房间很干净，", 2_000)));
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面");
        visit.RequireNoErrors();
    }

    [Fact]
    public async Task UnknownAddress_ThePageSaysSo()
    {
        await using var visit = await Visit.OpenAsync(browser, new Uri(pages.Cluster.Page, "/nowhere"));
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("没有这个页面");
    }

    private Task<Visit> OpenAsync() => Visit.OpenAsync(browser, BrowserRequired(pages).Page);

    private static Cluster BrowserRequired(PagesCluster pages)
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium here: apt install chromium");
        return pages.Cluster;
    }
}
