using Messaging.Outbox.AspNetCore.Access;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Messaging.Api.Tests.Http;

/// <summary>The header <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private const string Ann = """{"email":"ann@example.org"}""";

    private readonly StandaloneApi _api = new(("Outbox:CleanUpInterval", "00:00:01"));
    private HttpClient? _client;

    public ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_and_has_one_effect()
    {
        var first = await PostAsync("k1");
        var second = await PostAsync("k1");

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.StartsWith("/tasks/", first.Location, StringComparison.Ordinal);
        Assert.Contains("taskId", first.Body, StringComparison.Ordinal);
        Assert.False(first.Replayed);
        Assert.Equal(first with { Replayed = true }, second);
        await AssertDoneOnceAsync();
    }

    [Fact]
    public async Task An_answer_with_a_key_is_that_without_one()
    {
        var with = await PostAsync("k1");
        var without = await PostAsync(null);

        Assert.Equal((without.Status, without.ContentType, without.Body.Length), (with.Status, with.ContentType, with.Body.Length));
        Assert.Equal(2, await RegistrationsAsync());
    }

    [Fact]
    public async Task Fifty_requests_with_one_key_have_one_effect_and_one_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync("k1")));

        Assert.Single(answers, a => !a.Replayed);
        Assert.Single(answers.Select(a => a with { Replayed = true }).Distinct());
        await AssertDoneOnceAsync();
    }

    [Theory]
    [InlineData("/register", """{"email":"bob@example.org"}""")]
    [InlineData("/register?displayName=Ann", Ann)]
    public async Task The_same_key_with_another_request_is_a_422(string path, string json)
    {
        await PostAsync("k1");

        var other = await PostAsync("k1", json, path);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (other.Status, other.ContentType));
        Assert.Null(other.Location);
        await AssertDoneOnceAsync();
    }

    [Fact]
    public async Task Of_different_requests_with_one_key_all_but_one_are_422()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PostAsync("k1", $$"""{"email":"a{{i}}@example.org"}""")));

        Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted);
        Assert.Equal(19, answers.Count(a => a.Status == HttpStatusCode.UnprocessableEntity && a.Location is null));
        await AssertDoneOnceAsync();
    }

    [Fact]
    public async Task Another_key_and_the_same_key_on_another_path_are_other_requests()
    {
        await PostAsync("k1");
        await PostAsync("k2");
        var log = await PostAsync("k1", """{"message":"a"}""", "/log");

        Assert.Equal((HttpStatusCode.Accepted, false), (log.Status, log.Replayed));
        Assert.Equal(2, await RegistrationsAsync());
    }

    [Fact]
    public async Task An_error_is_not_kept_and_its_key_stays_free()
    {
        var wrong = await PostAsync("k1", """{"email":"ann"}""");
        var right = await PostAsync("k1");

        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal((HttpStatusCode.Accepted, false), (right.Status, right.Replayed));
        await AssertDoneOnceAsync();
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    [InlineData(null)]
    public async Task A_malformed_key_is_a_400(string? key)
    {
        var answer = await PostAsync(key ?? new string('k', 256));

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Contains("Idempotency-Key", answer.Body, StringComparison.Ordinal);
        Assert.Equal(0, await _api.CountAsync("tasks"));
    }

    [Fact]
    public async Task Too_large_a_body_is_a_413_with_a_key_too()
    {
        var answer = await PostAsync("k1", new string(' ', 70_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task Form_and_query_can_be_repeated_too()
    {
        using var first = await SendAsync("k1", new StringContent("email=ann%40example.org", Encoding.UTF8, "application/x-www-form-urlencoded"), "/register");
        using var second = await SendAsync("k1", new StringContent("email=ann%40example.org", Encoding.UTF8, "application/x-www-form-urlencoded"), "/register");
        using var third = await SendAsync("k2", null, "/log?message=a");
        using var fourth = await SendAsync("k2", null, "/log?message=a");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(await third.Content.ReadAsStringAsync(), await fourth.Content.ReadAsStringAsync());
        Assert.True(second.Headers.Contains("Idempotency-Replayed") && fourth.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await _api.CountAsync("users"));
        Assert.Equal((1, 2), (await RegistrationsAsync(), await _api.CountAsync("tasks WHERE kind = 'LogRequested'"))); // a registration logs, too
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
    [InlineData("/register/")]
    [InlineData("/REGISTER")]
    public async Task A_path_written_in_another_way_is_the_same_request(string path)
    {
        var first = await PostAsync("k1");
        var second = await PostAsync("k1", Ann, path);

        Assert.Equal(first with { Replayed = true }, second);
        await AssertDoneOnceAsync();
    }

    [Fact]
    public async Task A_repeated_multipart_form_has_another_boundary_and_is_the_same()
    {
        using var first = await SendAsync("k1", Form(), "/register");
        using var second = await SendAsync("k1", Form(), "/register");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        await AssertDoneOnceAsync();

        static MultipartFormDataContent Form() => new() { { new StringContent("ann@example.org"), "email" } };
    }

    [Fact]
    public async Task Json_that_is_formatted_anew_is_the_same()
    {
        await PostAsync("k1", """{"email":"ann@example.org","displayName":"Ann"}""");
        var again = await PostAsync("k1", """{ "email": "ann@example.org", "displayName": "Ann" }""");

        Assert.True(again.Replayed);
        await AssertDoneOnceAsync();
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
            Content = new StringContent(Ann, Encoding.UTF8, "application/json"),
            Headers = { { "Idempotency-Key", key } },
        };
    }

    [Fact]
    public async Task After_the_retention_the_key_is_free()
    {
        var first = await PostAsync("k1");
        await _api.ExecuteAsync("UPDATE idempotency_answers SET created_at = created_at - 24 * 3600 * 1000");
        await Eventually.True(async () => await _api.CountAsync("idempotency_answers") == 0, "the answer is deleted");

        var second = await PostAsync("k1");

        Assert.Equal((HttpStatusCode.Accepted, false), (second.Status, second.Replayed));
        Assert.NotEqual(first.Location, second.Location);
        Assert.Equal(2, await RegistrationsAsync());
    }

    private Task<long> RegistrationsAsync() => _api.CountAsync("tasks WHERE kind = 'Register'");

    private async Task AssertDoneOnceAsync()
    {
        Assert.Equal(1, await _api.CountAsync("users"));
        Assert.Equal(1, await RegistrationsAsync());
        Assert.Equal(1, await _api.CountAsync("idempotency_answers"));
    }

    private async Task<Answer> PostAsync(string? key, string json = Ann, string path = "/register")
    {
        using var response = await SendAsync(key, new StringContent(json, Encoding.UTF8, "application/json"), path);
        return new Answer(
            response.StatusCode,
            response.Headers.Location?.OriginalString,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Contains("Idempotency-Replayed"));
    }

    private Task<HttpResponseMessage> SendAsync(string? key, HttpContent? content, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (key is not null)
        {
            Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        }

        return _client!.SendAsync(request);
    }

    private sealed record Answer(HttpStatusCode Status, string? Location, string? ContentType, string Body, bool Replayed);
}
