using System.Security.Cryptography;
using System.Text;
using static Microsoft.Playwright.Assertions;

namespace Evergrain.BrowserTests;

/// <summary>A service that asks callers for keys.</summary>
public sealed class KeyTests(Browser browser) : IClassFixture<Browser>
{
    private const string Key = "a caller's key";

    [Fact]
    public async Task Locked_KeyGiven_ThePageGoesOnByItself()
    {
        Assert.SkipWhen(Browser.Program is null, "no Chromium here: apt install chromium");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await using var cluster = await Cluster.StartAsync(pages: true, more: $"keys:\n  - {{ name: shop, sha256: {hash} }}\n");
        await using var visit = await Visit.OpenAsync(browser, cluster.Page);
        await Expect(visit.Test("locked")).ToContainTextAsync("这个服务需要密钥");
        await visit.Page.Locator("#text").FillAsync("很好，很满意");
        await Expect(visit.Test("problem")).ToContainTextAsync("缺少密钥");

        await visit.Test("unlock").ClickAsync();
        await visit.Page.Locator("#access-key").FillAsync(Key);
        await visit.Test("use-key").ClickAsync();
        await Expect(visit.Test("result").Locator(".verdict.large")).ToHaveTextAsync("正面");
        await Expect(visit.Test("locked")).ToHaveCountAsync(0);

        // A caller's key is none for operators.
        await visit.Page.Locator("nav a").Nth(2).ClickAsync();
        await visit.Test("silo-b").Locator("[data-test=drain]").ClickAsync();
        await Expect(visit.Page.Locator(".mud-snackbar")).ToContainTextAsync("需要运维密钥");
        await Expect(visit.Test("timeline")).ToContainTextAsync("silo-a 开始服务", new() { Timeout = 10_000 });
        visit.RequireNoErrors();
    }
}
