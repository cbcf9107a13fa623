using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Passwords;

/// <summary>What <c>POST /password/reset</c> refuses; the link stays valid.</summary>
public sealed class ResetPasswordRefusalTests(RegisteredApi shared) : IClassFixture<RegisteredApi>
{
    private readonly StandaloneApi _api = shared.Api;

    public static TheoryData<string, string> Wrong => new()
    {
        { """{"password":"correct horse"}""", "token" },
        { """{"token":"","password":"correct horse"}""", "token" },
        { """{"token":5,"password":"correct horse"}""", "token" },
        { $$"""{"token":"{{new string('t', 201)}}","password":"correct horse"}""", "token" },
        { """{"token":"(token)"}""", "password" },
        { """{"token":"(token)","password":null}""", "password" },
        { """{"token":"(token)","password":123456789012}""", "password" },
        { """{"token":"(token)","password":"eleven char"}""", "password" },
        { """{"token":"(token)","password":"😀😀😀😀😀😀😀😀😀😀😀"}""", "password" },
        { """{"token":"(token)","password":"correct\u0000horse"}""", "password" },
        { """{"token":"(token)","password":"correct\nhorse"}""", "password" },
        { $$"""{"token":"(token)","password":"{{new string('p', 129)}}"}""", "password" },
        { $$"""{"token":"(token)","password":"{{new string('p', 60_000)}}"}""", "password" },
        { """{"token":"(token)","password":"correct horse","email":"ann@example.org"}""", "email" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_field_is_named_without_its_value(string json, string field)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync(
            "/password/reset", new StringContent(json.Replace("(token)", shared.Token, StringComparison.Ordinal), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal([field], JsonSerializer.Deserialize<JsonElement>(body).GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.DoesNotContain("horse", body, StringComparison.Ordinal);
        Assert.Equal(1, await _api.CountAsync("users WHERE password_hash IS NULL AND confirmed_at IS NULL"));
        Assert.Equal(1, await _api.CountAsync("password_tokens"));
    }

    [Fact]
    public async Task Tokens_and_passwords_are_refused_in_query_string_and_form()
    {
        using var client = _api.CreateClient();

        using var query = await client.PostAsync($"/password/reset?token={shared.Token}&password=correct-horse-battery", JsonContent.Create(new { }));
        using var form = await client.PostAsync(
            "/password/reset", new StringContent($"token={shared.Token}&password=correct-horse-battery", Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType), (query.StatusCode, form.StatusCode));
        Assert.Equal(1, await _api.CountAsync("users WHERE password_hash IS NULL"));
    }
}
