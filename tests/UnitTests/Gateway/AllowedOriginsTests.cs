using Evergrain.Gateway.Http;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Gateway;

public class AllowedOriginsTests
{
    private readonly AllowedOrigins _origins = new(
    [
        new WebUiConfig { Name = "webui-a", Listen = [new Uri("http://127.0.0.1:7860")], Public = new Uri("https://ui.example.cn") },
    ]);

    [Theory]
    [InlineData("http://127.0.0.1:7860", true)]
    [InlineData("http://localhost:7860", true)]
    [InlineData("https://ui.example.cn", true)]
    [InlineData("http://ui.example.cn", false)]
    [InlineData("http://localhost:7861", false)]
    [InlineData("null", false)]
    public void Contains_Origin_OnlyTheWebUis(string origin, bool allowed) => Assert.Equal(allowed, _origins.Contains(origin));
}
