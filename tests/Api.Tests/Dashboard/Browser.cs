using System.Net;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>A browser on a page of the service: it keeps the session's cookie, and says where its requests come from.</summary>
internal sealed class Browser(HttpClient client) : IDisposable
{
    public static readonly (string Name, string Value) SameOrigin = ("Sec-Fetch-Site", "same-origin");

    /// <summary>The cookie as it was set, with its attributes.</summary>
    public string SetCookie { get; private set; } = "";

    /// <summary>Name and value.</summary>
    public string Cookie { get; set; } = "";

    public async Task SignInAsync(string key, params (string Name, string Value)[] headers)
    {
        using var response = await TrySignInAsync(new { key }, headers);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public async Task<HttpResponseMessage> TrySignInAsync(object body, params (string Name, string Value)[] headers)
    {
        var response = await SendAsync(
            HttpMethod.Post, "/dashboard/session", new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"), headers is [] ? [SameOrigin] : headers);
        if (response.IsSuccessStatusCode)
        {
            SetCookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
            Cookie = SetCookie.Split(';')[0];
        }

        return response;
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, content: null, headers);

    /// <summary>A change as a page of the service makes it.</summary>
    public Task<HttpResponseMessage> ChangeAsync(HttpMethod method, string path) => SendAsync(method, path, Json(), SameOrigin);

    public static StringContent Json(string body = "") => new(body, Encoding.UTF8, "application/json");

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (Cookie.Length > 0)
        {
            request.Headers.Add("Cookie", Cookie);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public void Dispose() => client.Dispose();
}
