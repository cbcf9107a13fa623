using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Api.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.Passwords;

/// <summary><c>POST /password/reset</c>, with the worker that mails the links behind it.</summary>
public sealed class ResetPasswordTests : IAsyncLifetime
{
    private const string Password = "  correct horse bättery 😀  ";

    private readonly StandaloneApi _api = new(("Passwords:MaxHashWait", "00:01:00"), ("Passwords:MaxQueuedHashesPerCaller", "100"));
    private HttpClient? _client;

    private HttpClient Client => _client!;

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
    public async Task A_user_registers_sets_a_password_and_gets_a_mail()
    {
        var token = await RegisteredAsync();

        using var response = await ResetAsync(token, Password);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(1, await _api.CountAsync("users WHERE confirmed_at IS NOT NULL"));
        Assert.Equal(0, await _api.CountAsync("password_tokens"));
        Assert.True(await IsPasswordAsync(Password));
        Assert.False(await IsPasswordAsync(Password.Trim()));
        await MailAsync("Your password was set");
    }

    [Fact]
    public async Task The_hash_is_pbkdf2_hmac_sha512_at_owasps_cost()
    {
        using var response = await ResetAsync(await RegisteredAsync(), Password);

        var hash = Convert.FromBase64String(await HashAsync());
        const int HmacSha512 = 2;
        Assert.Equal(
            (HmacSha512, 220_000),
            (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5))));
    }

    [Fact]
    public async Task Unknown_used_and_expired_links_get_the_same_answer()
    {
        var used = await RegisteredAsync();
        (await ResetAsync(used, Password)).Dispose();
        var expired = await ForgottenAsync();
        await _api.ExecuteAsync("UPDATE password_tokens SET expires_at = '2026-01-01 00:00:00+00:00'");
        var hash = await HashAsync();

        var answers = new List<string>();
        foreach (var token in (string[])[used, expired, "A" + expired[1..], "x"])
        {
            using var response = await ResetAsync(token, "another password");
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            answers.Add((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetRawText());
        }

        Assert.Equal("""{"token":["The link is no longer valid. Please request a new one."]}""", Assert.Single(answers.Distinct()));
        Assert.Equal(hash, await HashAsync());
        Assert.Equal(1, await _api.CountAsync("tasks WHERE kind = 'PasswordChanged'"));
    }

    [Fact]
    public async Task The_first_use_of_a_link_ends_all_links_of_its_user()
    {
        var welcome = await RegisteredAsync();
        await RegisteredAsync("bob@example.org");
        var reset = await ForgottenAsync();

        using var first = await ResetAsync(reset, Password);
        using var second = await ResetAsync(welcome, "another password");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.BadRequest), (first.StatusCode, second.StatusCode));
        Assert.True(await IsPasswordAsync(Password));
        Assert.Equal(1, await _api.CountAsync("password_tokens"));
    }

    [Fact]
    public async Task Of_fifty_concurrent_uses_of_one_link_exactly_one_succeeds()
    {
        var token = await RegisteredAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            using var response = await ResetAsync(token, $"the password no. {i}");
            return response.StatusCode;
        }));

        var winner = Assert.Single(Enumerable.Range(0, 50), i => statuses[i] == HttpStatusCode.NoContent);
        Assert.Equal(49, statuses.Count(s => s == HttpStatusCode.BadRequest));
        Assert.True(await IsPasswordAsync($"the password no. {winner}"));
        Assert.Equal(1, await _api.CountAsync("tasks WHERE kind = 'PasswordChanged'"));
    }

    [Fact]
    public async Task While_hashing_is_busy_only_good_links_are_told_to_retry()
    {
        await using var api = new StandaloneApi(("Passwords:MaxConcurrentHashes", "1"), ("Passwords:MaxHashWait", "00:00:00.05"));
        using var client = api.CreateClient();
        await api.SucceededAsync(await api.AcceptedAsync(null, "/register?email=ann@example.org"));
        var token = PasswordLink.TokenOf(Assert.Single(api.Mails()));

        using (await api.Services.GetRequiredService<PasswordHashing>().TryEnterAsync("somebody", default))
        {
            using var good = await client.PostAsJsonAsync("/password/reset", new { token, password = Password });
            using var bad = await client.PostAsJsonAsync("/password/reset", new { token = "x", password = Password });

            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.BadRequest), (good.StatusCode, bad.StatusCode));
            Assert.NotNull(good.Headers.RetryAfter);
        }

        using var again = await client.PostAsJsonAsync("/password/reset", new { token, password = Password });
        Assert.Equal(HttpStatusCode.NoContent, again.StatusCode);
    }

    [Theory]
    [InlineData("twelve chars")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀")]
    [InlineData("            ")]
    public async Task Any_twelve_characters_are_a_password(string password)
    {
        using var response = await ResetAsync(await RegisteredAsync(), password);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.True(await IsPasswordAsync(password));
    }

    [Fact]
    public async Task No_password_token_or_fast_hash_is_stored()
    {
        var token = await RegisteredAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/password/reset");
        request.Headers.Add("Idempotency-Key", "k1");
        request.Content = JsonContent.Create(new { token, password = Password });

        using var refused = await Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Idempotency-Key", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await _api.CountAsync("idempotency_answers"));

        using var taken = await ResetAsync(token, Password);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        await MailAsync("Your password was set");
        var dump = await _api.DumpAsync();
        Assert.Contains("ann@example.org", dump, StringComparison.Ordinal);
        foreach (var secret in (string[])[token, Password.Trim()])
        {
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), dump, StringComparison.Ordinal);
        }
    }

    /// <returns>The token of the welcome mail.</returns>
    private async Task<string> RegisteredAsync(string email = "ann@example.org")
    {
        await _api.SucceededAsync(await _api.AcceptedAsync(null, $"/register?email={email}"));
        return PasswordLink.TokenOf(_api.Mails().Single(m => m.Contains("Subject: Welcome", StringComparison.Ordinal) && m.Contains($"To: {email}", StringComparison.Ordinal)));
    }

    /// <returns>The token of the mail about the forgotten password.</returns>
    private async Task<string> ForgottenAsync()
    {
        using var response = await Client.PostAsync("/password/forgot?email=ann@example.org", null);
        return PasswordLink.TokenOf(await MailAsync("Set a new password"));
    }

    private Task<string> MailAsync(string subject) => Eventually.Get(
        () => Task.FromResult(_api.Mails().SingleOrDefault(m => m.Contains($"Subject: {subject}", StringComparison.Ordinal))), $"the mail '{subject}' is there");

    private Task<HttpResponseMessage> ResetAsync(string token, string password) =>
        Client.PostAsJsonAsync("/password/reset", new { token, password });

    private async Task<string> HashAsync() => (string)(await _api.ExecuteAsync("SELECT password_hash FROM users WHERE email = 'ann@example.org'"))!;

    private async Task<bool> IsPasswordAsync(string password) =>
        new PasswordHasher<object>().VerifyHashedPassword(this, await HashAsync(), password) != PasswordVerificationResult.Failed;
}
