using System.Net;
using System.Text;

namespace Messaging.Api.Tests.Http;

/// <summary>A process that gets requests with an <c>Idempotency-Key</c>.</summary>
internal sealed class IdempotentApi : IAsyncDisposable
{
    public const string Ann = """{"email":"ann@example.org"}""";

    private readonly HttpClient _client;

    public IdempotentApi() => _client = Api.CreateClient();

    public StandaloneApi Api { get; } = new(("Outbox:CleanUpInterval", "00:00:01"));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Api.DisposeAsync();
    }

    public Task<long> RegistrationsAsync() => Api.CountAsync("tasks WHERE kind = 'Register'");

    public async Task AssertDoneOnceAsync()
    {
        Assert.Equal(1, await Api.CountAsync("users"));
        Assert.Equal(1, await RegistrationsAsync());
        Assert.Equal(1, await Api.CountAsync("idempotency_answers"));
    }

    public async Task<Answer> PostAsync(string? key, string json = Ann, string path = "/register")
    {
        using var response = await SendAsync(key, new StringContent(json, Encoding.UTF8, "application/json"), path);
        return new Answer(
            response.StatusCode,
            response.Headers.Location?.OriginalString,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Contains("Idempotency-Replayed"));
    }

    public Task<HttpResponseMessage> SendAsync(string? key, HttpContent? content, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        }

        return _client.SendAsync(request);
    }
}

internal sealed record Answer(HttpStatusCode Status, string? Location, string? ContentType, string Body, bool Replayed);
