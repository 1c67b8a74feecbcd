using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

[Collection(HealthyPages.Name)]
public sealed class ClusterPageTests(PagesCluster pages, Browser browser)
{
    [Fact]
    public async Task Open_HealthyCluster_SilosGatewaysTimelineAndLinks()
    {
        await using var visit = await OpenAsync();
        await Expect(visit.Test("cluster-state")).ToContainTextAsync("集群正常");
        foreach (var silo in new[] { "silo-a", "silo-b" }) await Expect(visit.Test(silo).Locator("[data-test=silo-state]")).ToHaveTextAsync("正常");
        foreach (var gateway in new[] { "gateway-a", "gateway-b" }) await Expect(visit.Test(gateway)).ToContainTextAsync("2 / 2");
        await Expect(visit.Test("timeline")).ToContainTextAsync("silo-a 开始服务");
        await Expect(visit.Test("timeline")).ToContainTextAsync("由 gateway-a, gateway-b 观察到");
        var dashboard = await visit.Test("silo-a").GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Orleans 面板" }).GetAttributeAsync("href");
        using var http = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(dashboard!))).StatusCode);
        Assert.Contains("<svg", await http.GetStringAsync(new Uri(pages.Cluster.Page, "/report")), StringComparison.Ordinal);
        visit.RequireNoErrors();
    }

    /// <summary>The browser asks for name and password by itself, and sends them with all that the page loads.</summary>
    [Fact]
    public async Task Dashboard_OperatorsKeyAsPassword_ShowsBothSilos()
    {
        await using var visitor = await browser.VisitAsync(password: PagesCluster.Key);
        var page = await visitor.NewPageAsync();
        await page.GotoAsync($"http://127.0.0.1:{pages.Cluster.Ports[2]}/dashboard#/silos");
        foreach (var port in new[] { pages.Cluster.Ports[0], pages.Cluster.Ports[3] })
            await Expect(page.GetByText($"127.0.0.1:{port}").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Drain_WrongKeyThenRightOne_DrainedSeenAndBack()
    {
        await using var visit = await OpenAsync();
        var silo = visit.Test("silo-b");
        await silo.Locator("[data-test=drain]").ClickAsync();
        await visit.Page.Locator("#access-key").FillAsync("not the key");
        await visit.Test("use-key").ClickAsync();
        await Expect(visit.Page.Locator(".mud-snackbar")).ToContainTextAsync("密钥不正确");
        await Expect(silo.Locator("[data-test=silo-state]")).ToHaveTextAsync("正常");

        await silo.Locator("[data-test=drain]").ClickAsync();
        await visit.Page.Locator("#access-key").FillAsync(PagesCluster.Key);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Expect(silo.Locator("[data-test=silo-state]")).ToHaveTextAsync("已排空");
        await Expect(visit.Test("timeline")).ToContainTextAsync("silo-b 开始排空");
        Assert.Equal("draining", (await pages.Cluster.SiloAsync("silo-b")).State);
        // In the tab and nowhere else.
        Assert.Equal(PagesCluster.Key, await visit.Page.EvaluateAsync<string>("sessionStorage.getItem('evergrain.key')"));
        Assert.DoesNotContain(PagesCluster.Key, await visit.Page.EvaluateAsync<string>("JSON.stringify(localStorage) + document.cookie"), StringComparison.Ordinal);

        // The last one is not drained by a slip of the hand.
        await visit.Test("silo-a").Locator("[data-test=drain]").ClickAsync();
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "取消" }).ClickAsync();
        await Expect(visit.Test("silo-a").Locator("[data-test=silo-state]")).ToHaveTextAsync("正常");

        await silo.Locator("[data-test=undrain]").ClickAsync();
        await Expect(silo.Locator("[data-test=silo-state]")).ToHaveTextAsync("正常");
        Assert.Contains("asked for by the operator", pages.Cluster.Log("silo-b"), StringComparison.Ordinal);
        visit.RequireNoErrors();
    }

    private async Task<Visit> OpenAsync()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium here: apt install chromium");
        return await Visit.OpenAsync(browser, new Uri(pages.Cluster.Page, "/cluster"));
    }
}
