using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Passwords;

/// <summary><c>POST /password/forgot</c>, with the worker behind it.</summary>
public sealed class ForgotPasswordTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Known_and_unknown_addresses_have_the_same_answer_and_rows()
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/register?email=ann@example.org"));
        using var client = _api.CreateClient();

        using var known = await client.PostAsJsonAsync("/password/forgot", new { email = " Ann@Example.org " });
        using var unknown = await client.PostAsJsonAsync("/password/forgot", new { email = "nobody@example.org" });

        Assert.Equal(HttpStatusCode.Accepted, known.StatusCode);
        Assert.Equal("""{"message":"If the address is registered, a mail is on its way."}""", await known.Content.ReadAsStringAsync());
        Assert.Equal(await known.Content.ReadAsStringAsync(), await unknown.Content.ReadAsStringAsync());
        Assert.Equal(known.ToString(), unknown.ToString());
        Assert.Null(known.Headers.Location);
        await Eventually.True(
            async () => await _api.CountAsync("tasks WHERE kind = 'PasswordForgotten' AND state = 3") == 2, "both tasks have succeeded");
        Assert.Equal(
            ["Set a new password", "Welcome"], _api.Mails().Select(m => PasswordLink.Parse(m).Subject).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("application/json", """{"email":"ann@example.org"}""", "")]
    [InlineData("application/x-www-form-urlencoded", "email=ann%40example.org", "")]
    [InlineData("application/x-www-form-urlencoded", "", "?email=ann%40example.org")]
    public async Task The_address_may_come_as_json_form_or_query(string type, string body, string query)
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, "/register?email=ann@example.org"));
        using var client = _api.CreateClient();

        using var response = await client.PostAsync($"/password/forgot{query}", new StringContent(body, Encoding.UTF8, type));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Eventually.True(() => _api.Mails().Count == 2, "the mail is there");
    }
}
