using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.Api.Tests.Passwords;

/// <summary><c>GET /password/reset</c>: the page.</summary>
public sealed class ResetPasswordPageTests
{
    [Fact]
    public async Task The_page_runs_only_its_own_script_without_cache_or_referrer()
    {
        await using var api = new StandaloneApi(("Passwords:MinLength", "17"));
        using var client = api.CreateClient();

        using var response = await client.GetAsync("/password/reset");
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal(
            $"default-src 'none'; script-src {HashOf(page, "script")}; style-src {HashOf(page, "style")}; "
            + "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Contains("At least 17 characters", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal); // no address of anything elsewhere
    }

    /// <summary>As a browser computes it.</summary>
    private static string HashOf(string page, string element)
    {
        var start = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var text = page[start..page.IndexOf($"</{element}>", StringComparison.Ordinal)];
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }
}
