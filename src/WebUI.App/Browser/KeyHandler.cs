using System.Net.Http.Headers;
using Evergrain.WebUI.App.Gateways;

namespace Evergrain.WebUI.App.Browser;

/// <summary>Puts the person's key on every call to a gateway, and on no other.</summary>
internal sealed class KeyHandler(AccessKey key, GatewayBook book) : DelegatingHandler(new HttpClientHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (key.Value is { } value && book.States.Any(s => Uri.Compare(s.Address.Url, request.RequestUri, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", value);
        return base.SendAsync(request, cancellationToken);
    }
}
