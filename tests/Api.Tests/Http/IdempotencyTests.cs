using System.Net;

namespace Messaging.Api.Tests.Http;

/// <summary>The header <c>Idempotency-Key</c>: one effect, and one answer.</summary>
public sealed class IdempotencyTests : IAsyncDisposable
{
    private readonly IdempotentApi _api = new();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task A_repeated_request_gets_the_first_answer_and_has_one_effect()
    {
        var first = await _api.PostAsync("k1");
        var second = await _api.PostAsync("k1");

        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        Assert.StartsWith("/tasks/", first.Location, StringComparison.Ordinal);
        Assert.Contains("taskId", first.Body, StringComparison.Ordinal);
        Assert.False(first.Replayed);
        Assert.Equal(first with { Replayed = true }, second);
        await _api.AssertDoneOnceAsync();
    }

    [Fact]
    public async Task An_answer_with_a_key_is_that_without_one()
    {
        var with = await _api.PostAsync("k1");
        var without = await _api.PostAsync(null);

        Assert.Equal((without.Status, without.ContentType, without.Body.Length), (with.Status, with.ContentType, with.Body.Length));
        Assert.Equal(2, await _api.RegistrationsAsync());
    }

    [Fact]
    public async Task Fifty_requests_with_one_key_have_one_effect_and_one_answer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _api.PostAsync("k1")));

        Assert.Single(answers, a => !a.Replayed);
        Assert.Single(answers.Select(a => a with { Replayed = true }).Distinct());
        await _api.AssertDoneOnceAsync();
    }

    [Theory]
    [InlineData("/register", """{"email":"bob@example.org"}""")]
    [InlineData("/register?displayName=Ann", IdempotentApi.Ann)]
    public async Task The_same_key_with_another_request_is_a_422(string path, string json)
    {
        await _api.PostAsync("k1");

        var other = await _api.PostAsync("k1", json, path);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (other.Status, other.ContentType));
        Assert.Null(other.Location);
        await _api.AssertDoneOnceAsync();
    }

    [Fact]
    public async Task Of_different_requests_with_one_key_all_but_one_are_422()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _api.PostAsync("k1", $$"""{"email":"a{{i}}@example.org"}""")));

        Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted);
        Assert.Equal(19, answers.Count(a => a.Status == HttpStatusCode.UnprocessableEntity && a.Location is null));
        await _api.AssertDoneOnceAsync();
    }

    [Fact]
    public async Task Another_key_and_the_same_key_on_another_path_are_other_requests()
    {
        await _api.PostAsync("k1");
        await _api.PostAsync("k2");
        var log = await _api.PostAsync("k1", """{"message":"a"}""", "/log");

        Assert.Equal((HttpStatusCode.Accepted, false), (log.Status, log.Replayed));
        Assert.Equal(2, await _api.RegistrationsAsync());
    }

    [Fact]
    public async Task An_error_is_not_kept_and_its_key_stays_free()
    {
        var wrong = await _api.PostAsync("k1", """{"email":"ann"}""");
        var right = await _api.PostAsync("k1");

        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Equal((HttpStatusCode.Accepted, false), (right.Status, right.Replayed));
        await _api.AssertDoneOnceAsync();
    }

    [Fact]
    public async Task After_the_retention_the_key_is_free()
    {
        var first = await _api.PostAsync("k1");
        await _api.Api.ExecuteAsync("UPDATE idempotency_answers SET created_at = created_at - 24 * 3600 * 1000");
        await Eventually.True(async () => await _api.Api.CountAsync("idempotency_answers") == 0, "the answer is deleted");

        var second = await _api.PostAsync("k1");

        Assert.Equal((HttpStatusCode.Accepted, false), (second.Status, second.Replayed));
        Assert.NotEqual(first.Location, second.Location);
        Assert.Equal(2, await _api.RegistrationsAsync());
    }
}
