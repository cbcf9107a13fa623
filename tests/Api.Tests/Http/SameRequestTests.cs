using System.Net;
using System.Text;

namespace Messaging.Api.Tests.Http;

/// <summary>When a repeated request counts as the same, whatever its form.</summary>
public sealed class SameRequestTests : IAsyncDisposable
{
    private readonly IdempotentApi _api = new();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Form_and_query_can_be_repeated_too()
    {
        using var first = await _api.SendAsync("k1", new StringContent("email=ann%40example.org", Encoding.UTF8, "application/x-www-form-urlencoded"), "/register");
        using var second = await _api.SendAsync("k1", new StringContent("email=ann%40example.org", Encoding.UTF8, "application/x-www-form-urlencoded"), "/register");
        using var third = await _api.SendAsync("k2", null, "/log?message=a");
        using var fourth = await _api.SendAsync("k2", null, "/log?message=a");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(await third.Content.ReadAsStringAsync(), await fourth.Content.ReadAsStringAsync());
        Assert.True(second.Headers.Contains("Idempotency-Replayed") && fourth.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await _api.Api.CountAsync("users"));
        Assert.Equal((1, 2), (await _api.RegistrationsAsync(), await _api.Api.CountAsync("tasks WHERE kind = 'LogRequested'"))); // a registration logs, too
    }

    [Theory]
    [InlineData("/register/")]
    [InlineData("/REGISTER")]
    public async Task A_path_written_in_another_way_is_the_same_request(string path)
    {
        var first = await _api.PostAsync("k1");
        var second = await _api.PostAsync("k1", IdempotentApi.Ann, path);

        Assert.Equal(first with { Replayed = true }, second);
        await _api.AssertDoneOnceAsync();
    }

    [Fact]
    public async Task A_repeated_multipart_form_has_another_boundary_and_is_the_same()
    {
        using var first = await _api.SendAsync("k1", Form(), "/register");
        using var second = await _api.SendAsync("k1", Form(), "/register");

        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        await _api.AssertDoneOnceAsync();

        static MultipartFormDataContent Form() => new() { { new StringContent("ann@example.org"), "email" } };
    }

    [Fact]
    public async Task Json_that_is_formatted_anew_is_the_same()
    {
        await _api.PostAsync("k1", """{"email":"ann@example.org","displayName":"Ann"}""");
        var again = await _api.PostAsync("k1", """{ "email": "ann@example.org", "displayName": "Ann" }""");

        Assert.True(again.Replayed);
        await _api.AssertDoneOnceAsync();
    }
}
