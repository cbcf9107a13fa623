using Messaging.Outbox.AspNetCore.Http;
using System.Net;
using System.Text.RegularExpressions;
using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Api.Tests.RateLimits;

/// <summary>What a caller gets who asks too often.</summary>
public sealed class RateLimitTests
{
    private static readonly string[] Policies = [RateLimitPolicies.Accounts, RateLimitPolicies.Logs, RateLimitPolicies.Reads, RateLimitPolicies.Health];

    [Fact]
    public async Task Every_route_without_a_key_has_a_policy()
    {
        await using var api = new StandaloneApi();

        var routes = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        var open = routes.Where(r => r.Metadata.GetMetadata<IAuthorizeData>() is null || r.Metadata.GetMetadata<IAllowAnonymous>() is not null).ToList();

        Assert.InRange(open.Count, 8, routes.Count - 20);
        Assert.All(open, r => Assert.Contains(r.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName ?? $"none: {r.RoutePattern.RawText}", Policies));
    }

    [Fact]
    public async Task A_caller_over_the_limit_gets_a_429_and_nothing_is_stored()
    {
        await using var api = Anonymous(("RateLimits:Accounts:Burst", "3"), ("RateLimits:Accounts:PerMinute", "1"));
        using var client = api.CreateClient();

        var answers = await RegisterAsync(client, Enumerable.Range(0, 5).Select(i => $"user{i}@example{i}.org"));

        Assert.Equal([202, 202, 202, 429, 429], answers.Select(a => (int)a.StatusCode));
        Assert.Equal("application/problem+json", answers[4].Content.Headers.ContentType?.MediaType);
        Assert.InRange(answers[4].Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(3, await api.CountAsync("users"));
        Assert.Equal(3, await api.CountAsync("tasks WHERE kind = 'Register'"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await client.PostAsync("/password/forgot?email=a@example.org", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync("/log?level=Information&message=m", null)).StatusCode);
    }

    [Theory]
    [InlineData("POST", "/log?level=Information&message=m", "Logs")]
    [InlineData("GET", "/tasks/019ad0c2-b4a1-7feb-aac8-7acb97de3ec5", "Reads")]
    [InlineData("GET", "/tasks/019ad0c2-b4a1-7feb-aac8-7acb97de3ec5/events", "Reads")]
    [InlineData("GET", "/exports/019ad0c2-b4a1-7feb-aac8-7acb97de3ec5/file?token=x", "Reads")]
    [InlineData("GET", "/password/reset", "Reads")]
    [InlineData("GET", "/openapi/v1.json", "Reads")]
    [InlineData("GET", "/audit", "Reads")]
    [InlineData("GET", "/nothing", "Reads")]
    [InlineData("GET", "/health/live", "Health")]
    public async Task Each_public_route_has_its_limit(string method, string path, string kind)
    {
        await using var api = Anonymous(($"RateLimits:{kind}:Burst", "1"), ($"RateLimits:{kind}:PerMinute", "1"));
        using var client = api.CreateClient();

        using var first = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), HttpCompletionOption.ResponseHeadersRead);
        using var second = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.NotEqual(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
    }

    [Theory]
    [InlineData("203.0.113.1", "203.0.113.2", true)]
    [InlineData("203.0.113.1", "203.0.113.1", false)]
    [InlineData("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", false)]
    [InlineData("2001:db8:1:1::1", "2001:db8:1:2::1", true)]
    [InlineData("203.0.113.1", "198.51.100.7, 203.0.113.1", false)]
    [InlineData("203.0.113.1", "203.0.113.2, 10.0.0.9", true)]
    public async Task Behind_a_trusted_proxy_the_address_before_it_counts(string first, string second, bool isAnother)
    {
        await using var api = Anonymous(
            ("Api:TrustedProxies:0", "10.0.0.0/24"), ("RateLimits:Accounts:Burst", "1"), ("RateLimits:Accounts:PerMinute", "1"));
        using var client = api.CreateClient();

        Assert.Equal(202, await From(first));
        Assert.Equal(isAnother ? 202 : 429, await From(second));

        async Task<int> From(string forwarded)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/register?email={Guid.NewGuid():N}@example.org") { Headers = { { "X-Forwarded-For", forwarded } } };
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Only_a_trusted_proxy_may_name_the_callers_address(string theHostForwards)
    {
        await using var api = Anonymous(
            ("ForwardedHeaders_Enabled", theHostForwards), ("RateLimits:Accounts:Burst", "1"), ("RateLimits:Accounts:PerMinute", "1"));
        using var client = api.CreateClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.1");

        var answers = await RegisterAsync(client, ["a@example.org"]);
        client.DefaultRequestHeaders.Remove("X-Forwarded-For");
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.2");

        Assert.Equal([202, 429], answers.Concat(await RegisterAsync(client, ["b@example.org"])).Select(a => (int)a.StatusCode));
    }

    [Fact]
    public async Task All_callers_together_have_a_limit()
    {
        await using var api = Anonymous(
            ("Api:TrustedProxies:0", "10.0.0.1"),
            ("RateLimits:Accounts:Burst", "2"),
            ("RateLimits:Accounts:PerMinute", "1"),
            ("RateLimits:Accounts:TotalBurst", "3"),
            ("RateLimits:Accounts:TotalPerMinute", "1"));
        var answers = new List<HttpResponseMessage>();
        for (var caller = 0; caller < 3; caller++)
        {
            using var client = api.CreateClient();
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{caller}");
            answers.AddRange(await RegisterAsync(client, Enumerable.Range(0, 3).Select(i => $"user{i}@example{caller}.org")));
        }

        // What the first caller is refused for itself is not taken from the others.
        Assert.Equal([202, 202, 429, 202, 429, 429, 429, 429, 429], answers.Select(a => (int)a.StatusCode));
    }

    [Theory]
    [InlineData("/register")]
    [InlineData("/password/forgot")]
    public async Task The_limit_of_a_mailbox_does_not_reveal_whether_it_is_known(string path)
    {
        await using var api = new StandaloneApi(("RateLimits:Mailbox:Burst", "3"));
        using var client = api.CreateClient();
        var user = await api.AddUserAsync("Ann");

        var known = await PostAsync(client, path, Enumerable.Range(0, 4).Select(i => $"{user}+{i}@Example.org"));
        var unknown = await PostAsync(client, path, Enumerable.Range(0, 4).Select(i => $"unknown+{i}@example.org"));

        Assert.Equal([202, 202, 202, 429], known.Select(a => (int)a.StatusCode));
        var texts = await Task.WhenAll(new[] { known[3], unknown[3] }.Select(async a => WithoutTrace($"{a}{await a.Content.ReadAsStringAsync()}")));
        Assert.Equal(texts[0], texts[1]);
    }

    [Fact]
    public async Task A_domain_has_a_limit_and_a_large_provider_has_none()
    {
        await using var api = new StandaloneApi(("RateLimits:Domain:Burst", "2"), ("RateLimits:Domain:PerMinute", "1"));
        using var client = api.CreateClient();

        var own = await RegisterAsync(client, Enumerable.Range(0, 3).Select(i => $"user{i}@example.org"));
        var shared = await RegisterAsync(client, Enumerable.Range(0, 3).Select(i => $"user{i}@gmail.com"));

        Assert.Equal([202, 202, 429, 202, 202, 202], own.Concat(shared).Select(a => (int)a.StatusCode));
    }

    [Fact]
    public async Task A_caller_with_a_key_has_another_limit()
    {
        await using var api = new StandaloneApi(("RateLimits:Accounts:Burst", "1"), ("RateLimits:Accounts:TotalBurst", "1"), ("RateLimits:Keys:Burst", "4"), ("RateLimits:Keys:PerMinute", "1"));
        using var client = api.CreateClient();

        var answers = await RegisterAsync(client, Enumerable.Range(0, 5).Select(i => $"user{i}@example.org"));

        Assert.Equal([202, 202, 202, 202, 429], answers.Select(a => (int)a.StatusCode));
    }

    [Fact]
    public async Task Without_limits_a_gateway_has_them()
    {
        await using var api = Anonymous(("RateLimits:Enabled", "false"), ("RateLimits:Accounts:Burst", "1"), ("RateLimits:Mailbox:Burst", "1"));
        using var client = api.CreateClient();

        Assert.All(await RegisterAsync(client, Enumerable.Repeat("a@example.org", 3)), a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
    }

    [Fact]
    public void The_number_of_counters_has_a_limit()
    {
        var buckets = Enumerable.Range(0, 100_000).Select(i => Bucket.Of("accounts", $"caller {i}", counters: 512)).ToHashSet();

        Assert.Equal(512, buckets.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)] // its period is no whole number of ticks
    [InlineData(60)]
    [InlineData(599)]
    [InlineData(601)]
    [InlineData(300_000)]
    [InlineData(1_000_000_000)]
    public void Permits_come_back_at_the_configured_rate(int perMinute)
    {
        var bucket = Bucket.Options(burst: 5, perMinute);

        Assert.Equal(perMinute, bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalMinutes, tolerance: perMinute / 10_000.0);
        Assert.InRange(bucket.ReplenishmentPeriod, TimeSpan.FromSeconds(0.099), TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("2001:db8::/32", true)]
    [InlineData("proxy", false)]
    [InlineData("10.0.0.1/99", false)]
    public void A_proxy_is_an_address_or_a_network(string text, bool isOne) => Assert.Equal(isOne, TrustedProxies.Parse(text) is not null);

    private static StandaloneApi Anonymous(params (string, string)[] settings) => new(settings) { IsAnonymous = true };

    private static Task<List<HttpResponseMessage>> RegisterAsync(HttpClient client, IEnumerable<string> emails) => PostAsync(client, "/register", emails);

    private static async Task<List<HttpResponseMessage>> PostAsync(HttpClient client, string path, IEnumerable<string> emails)
    {
        var answers = new List<HttpResponseMessage>();
        foreach (var email in emails)
        {
            answers.Add(await client.PostAsync($"{path}?email={Uri.EscapeDataString(email)}", null));
        }

        return answers;
    }

    private static string WithoutTrace(string text) =>
        Regex.Replace(text, "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9]{2}|[0-9]+ s|Retry-After: [0-9]+", "_", RegexOptions.None, TimeSpan.FromSeconds(1));
}
