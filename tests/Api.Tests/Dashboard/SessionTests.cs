using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Messaging.Api.Tests.Access;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Sessions;

namespace Messaging.Api.Tests.Dashboard;

/// <summary>What a browser with a session may, and what ends it.</summary>
public sealed class SessionTests(TwoKeysApi shared) : IClassFixture<TwoKeysApi>
{
    [Fact]
    public async Task KeyIsExchangedForACookie()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Operator);

        var session = await SessionAsync(browser);

        Assert.Equal(("otto", "operate", true), (session.GetProperty("name").GetString(), session.GetProperty("role").GetString(), session.GetProperty("seesPayloads").GetBoolean()));
        Assert.InRange(session.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromHours(11), TimeSpan.FromHours(13));
        Assert.StartsWith("outbox=", browser.Cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/;", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expires=", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", browser.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TwoKeysApi.Operator, browser.SetCookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeWithASessionIsAuditedUnderItsKey()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Operator);
        await shared.Api.QueueIsKnownAsync("log-requested");

        using var response = await browser.ChangeAsync(HttpMethod.Post, "/queues/log-requested/pause");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1L, await shared.Api.ExecuteAsync("SELECT count(*) FROM audit WHERE who = 'otto' AND action = 'queue.pause' AND target = 'log-requested'"));
    }

    [Fact]
    public async Task SessionHasTheRoleOfItsKey()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Reader);

        using var read = await browser.GetAsync("/tasks", Browser.SameOrigin);
        using var change = await browser.ChangeAsync(HttpMethod.Post, "/queues/log-requested/pause");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (read.StatusCode, change.StatusCode));
        Assert.False((await SessionAsync(browser)).GetProperty("seesPayloads").GetBoolean());
    }

    [Fact]
    public async Task SignedOutSessionIsOfNoUse()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Reader);

        using var end = await browser.ChangeAsync(HttpMethod.Delete, "/dashboard/session");
        using var replayed = await browser.GetAsync("/tasks");
        using var again = await browser.ChangeAsync(HttpMethod.Delete, "/dashboard/session");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (end.StatusCode, replayed.StatusCode, again.StatusCode));
        Assert.Contains("outbox=; expires=Thu, 01 Jan 1970", Assert.Single(end.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.True((long)(await shared.Api.ExecuteAsync("SELECT count(*) FROM audit WHERE who = 'rita' AND action = 'session.end'"))! > 0);
    }

    [Fact]
    public async Task SignInEndsTheSessionBefore()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Reader);
        var before = browser.Cookie;
        await browser.SignInAsync(TwoKeysApi.Operator);
        using var other = NewBrowser();
        other.Cookie = before;

        using var response = await other.GetAsync("/tasks");

        Assert.NotEqual(before, browser.Cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>Who knows the settings, which have hashes, or the database, which has others, cannot make a session of either.</summary>
    [Theory]
    [InlineData("of nobody")]
    [InlineData("of the settings alone")]
    [InlineData("cut short")]
    [InlineData("of another expiry")]
    [InlineData("of another key over own random bytes")]
    [InlineData("nonsense")]
    public async Task ForgedCookieIsOfNoUse(string kind)
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Operator);
        var issued = browser.Cookie["outbox=".Length..];
        browser.Cookie = "outbox=" + (kind switch
        {
            "of nobody" => SessionToken.New(Convert.FromHexString(ApiKeys.Hash(ApiKeys.New())), DateTimeOffset.UtcNow.AddDays(1)).Text,
            "of the settings alone" => SessionToken.New(Convert.FromHexString(ApiKeys.Hash(TwoKeysApi.Operator)), DateTimeOffset.UtcNow.AddDays(1)).Text,
            "of another key over own random bytes" => await ForgedOverOwnAsync(TwoKeysApi.Operator),
            "cut short" => issued[..^1],
            "of another expiry" => $"{issued[..48]}{(issued[48] == 'A' ? 'B' : 'A')}{issued[49..]}",
            _ => "\"%00ä,;",
        });

        using var response = await browser.GetAsync("/tasks");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task KeyInAHeaderComesBeforeTheSession()
    {
        using var browser = NewBrowser();
        await browser.SignInAsync(TwoKeysApi.Operator);

        using var wrong = await browser.GetAsync("/tasks", ("X-Api-Key", "msg_wrong"));
        using var reader = await browser.GetAsync("/dashboard/session", ("X-Api-Key", TwoKeysApi.Reader));

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal("rita", (await reader.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("name").GetString());
    }

    [Fact]
    public async Task NobodyIsSignedInWithoutACookie()
    {
        using var browser = NewBrowser();

        using var session = await browser.GetAsync("/dashboard/session");
        using var settings = await browser.GetAsync("/dashboard/settings");

        Assert.Equal(HttpStatusCode.Unauthorized, session.StatusCode);
        var view = await settings.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(("", JsonValueKind.Null), (view.GetProperty("api").GetString(), view.GetProperty("version").ValueKind));
    }

    /// <summary>The reader's own session, with a code that is made with the hash of another key: that is in the settings.</summary>
    private async Task<string> ForgedOverOwnAsync(string other)
    {
        using var reader = NewBrowser();
        await reader.SignInAsync(TwoKeysApi.Reader);
        var bytes = Base64Url.DecodeFromChars(reader.Cookie.AsSpan("outbox=".Length));
        var signed = bytes.Length - HMACSHA256.HashSizeInBytes;
        HMACSHA256.HashData(Convert.FromHexString(ApiKeys.Hash(other)), [.. "outbox.session.1\0"u8, .. bytes.AsSpan(0, signed)], bytes.AsSpan(signed));
        return Base64Url.EncodeToString(bytes);
    }

    private Browser NewBrowser() => new(shared.Api.CreateClient(new() { HandleCookies = false }));

    private static async Task<JsonElement> SessionAsync(Browser browser)
    {
        using var response = await browser.GetAsync("/dashboard/session", Browser.SameOrigin);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
