using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Register;

/// <summary>What <c>POST /register</c> refuses.</summary>
public sealed class RegisterRefusalTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private readonly StandaloneApi _api = shared.Api;

    [Theory]
    [InlineData("{}", "email")]
    [InlineData("""{"email":null}""", "email")]
    [InlineData("""{"email":""}""", "email")]
    [InlineData("""{"email":5}""", "email")]
    [InlineData("""{"email":["a@example.org"]}""", "email")]
    [InlineData("""{"email":"ann"}""", "email")]
    [InlineData("""{"email":"ann@localhost"}""", "email")]
    [InlineData("""{"email":"a@b@example.org"}""", "email")]
    [InlineData("""{"email":"a@example.org,b@example.org"}""", "email")]
    [InlineData("""{"email":"\"a b\"@example.org"}""", "email")]
    [InlineData("""{"email":"Ann <ann@example.org>"}""", "email")]
    [InlineData("""{"email":"ann@example.org\r\nBcc: eve@example.org"}""", "email")]
    [InlineData("""{"email":"ann\u0000@example.org"}""", "email")]
    [InlineData("""{"email":".ann@example.org"}""", "email")]
    [InlineData("""{"email":"ann@-example.org"}""", "email")]
    [InlineData("""{"email":"ann@example..org"}""", "email")]
    [InlineData("""{"email":"ann@example.org","displayName":"a\nb"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":true}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"=?utf-8?B?WW91IHdvbg==?="}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann =?utf-8?Q?a=20b?= B."}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann\u0007"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann\u0085B"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann\u2028B"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"\u202Ennam"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann\u2066B"}""", "displayName")]
    [InlineData("""{"email":"ann@example.org","displayName":"Ann\u200FB"}""", "displayName")]
    [InlineData("""{"email":"=?utf-8?q?x?=@example.org"}""", "email")]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string json, string field)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync("/register", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal([field], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await _api.CountAsync("users"));
        Assert.Equal(0, await _api.CountAsync("tasks"));
        Assert.Equal(0, await _api.CountAsync("outbox"));
    }

    [Fact]
    public async Task An_address_or_a_name_that_is_too_long_is_refused()
    {
        using var client = _api.CreateClient();
        foreach (var (body, field) in new (object, string)[]
        {
            (new { email = $"{new string('a', 65)}@example.org" }, "email"),
            (new { email = $"a@{string.Join('.', Enumerable.Repeat(new string('b', 60), 5))}.org" }, "email"),
            (new { email = "ann@example.org", displayName = new string('n', 101) }, "displayName"),
        })
        {
            using var response = await client.PostAsJsonAsync("/register", body);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}
