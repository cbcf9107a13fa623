using System.Net;
using System.Net.Http.Json;
using System.Text;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.AspNetCore.Access;
using Microsoft.AspNetCore.Builder;

namespace Messaging.Api.Tests.Http;

/// <summary>Which keys are taken, and for whom they hold.</summary>
public sealed class IdempotencyKeyTests : IAsyncDisposable
{
    private readonly IdempotentApi _api = new();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    [InlineData(null)]
    public async Task A_malformed_key_is_a_400(string? key)
    {
        var answer = await _api.PostAsync(key ?? new string('k', 256));

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Contains("Idempotency-Key", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, await _api.Api.CountAsync("tasks"));
    }

    [Fact]
    public async Task Too_large_a_body_is_a_413_with_a_key_too()
    {
        var answer = await _api.PostAsync("k1", new string(' ', 70_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task Bound_bodies_count_and_named_callers_share_no_keys()
    {
        var (ann, bob) = (ApiKeys.New(), ApiKeys.New());
        var runs = 0;
        await using var api = await RouteOfATest.StartAsync(
            app => app.MapPost("/things", (string[] body) => $"{++runs} {body[0]}").CommitsUnitOfWork().RequireOperate(),
            ("Access:Keys:0:Name", "ann"), ("Access:Keys:0:Role", "operate"), ("Access:Keys:0:Hash", ApiKeys.Hash(ann)),
            ("Access:Keys:1:Name", "bob"), ("Access:Keys:1:Role", "operate"), ("Access:Keys:1:Hash", ApiKeys.Hash(bob)));
        using var client = api.CreateClient();

        Assert.Equal("1 a", await PostAsync(ann, "a"));
        Assert.Equal("1 a", await PostAsync(ann, "a"));
        Assert.Contains("was used for a request with another body", await PostAsync(ann, "b"), StringComparison.Ordinal);
        Assert.Equal("2 b", await PostAsync(bob, "b"));

        async Task<string> PostAsync(string key, string text)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/things") { Content = JsonContent.Create(new[] { text }) };
            request.Headers.Add("X-Api-Key", key);
            request.Headers.Add("Idempotency-Key", "k1");
            using var response = await client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData("k1")]
    [InlineData("1111111111111111111111111111")]
    [InlineData("order-2026-11-29-000001")]
    [InlineData("00000000-0000-4000-8000-000000000001")]
    [InlineData("6f2b9c14-3d57-1e8a-b0c1-7f3c2a10d4e5")] // of version 1: a time and a machine
    public async Task An_anonymous_caller_needs_a_key_that_nobody_guesses(string key)
    {
        await using var api = new StandaloneApi(
            ("Access:Keys:0:Name", "ann"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", new string('a', 64)));
        using var client = api.CreateClient();

        using var guessable = await client.SendAsync(Request(key));
        var unguessable = Guid.NewGuid().ToString();
        using var first = await client.SendAsync(Request(unguessable));
        using var second = await client.SendAsync(Request(unguessable));

        Assert.Equal(HttpStatusCode.BadRequest, guessable.StatusCode);
        Assert.Contains("hard to guess", await guessable.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Accepted, first.Headers.Location), (second.StatusCode, second.Headers.Location));
        Assert.Equal(1, await api.CountAsync("users"));

        static HttpRequestMessage Request(string key) => new(HttpMethod.Post, "/register")
        {
            Content = new StringContent(IdempotentApi.Ann, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", key } },
        };
    }
}
