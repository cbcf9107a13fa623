using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Passwords;

/// <summary>What <c>POST /password/forgot</c> refuses.</summary>
public sealed class ForgotPasswordRefusalTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private readonly StandaloneApi _api = shared.Api;

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"email":5}""")]
    [InlineData("""{"email":"ann"}""")]
    [InlineData("""{"email":"ann@example.org\r\nBcc: eve@example.org"}""")]
    public async Task A_wrong_address_is_refused_and_nothing_is_stored(string json)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync("/password/forgot", new StringContent(json, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["email"], errors.EnumerateObject().Select(e => e.Name));
        Assert.Equal(0, await _api.CountAsync("tasks"));
        Assert.Equal(0, await _api.CountAsync("outbox"));
    }
}
