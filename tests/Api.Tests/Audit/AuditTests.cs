using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Audit;

/// <summary><c>GET /audit</c>.</summary>
public sealed class AuditTests(AuditEntries entries) : IClassFixture<AuditEntries>
{
    private readonly StandaloneApi _api = entries.Api;

    [Fact]
    public async Task Pages_run_from_the_newest_entry_without_a_gap()
    {
        Assert.Equal(["5", "4", "3", "2", "1"], Targets(await ReadAsync("")));
        var (targets, next) = (new List<string>(), string.Empty);
        for (var page = 0; page < 3; page++)
        {
            var read = await ReadAsync($"limit=2{next}");
            targets.AddRange(Targets(read));
            next = read.GetProperty("next") is { ValueKind: JsonValueKind.String } id ? $"&after={id}" : string.Empty;
        }

        Assert.Equal(["5", "4", "3", "2", "1"], targets);
        Assert.Empty(next);
    }

    [Theory]
    [InlineData("who=ann", new[] { "2", "1" })]
    [InlineData("action=task.cancel", new[] { "4", "2" })]
    [InlineData("target=3", new[] { "3" })]
    [InlineData("who=bob&action=task.redrive&limit=1", new[] { "5" })]
    [InlineData("who=nobody", new string[0])]
    public async Task Entries_can_be_filtered(string query, string[] targets) => Assert.Equal(targets, Targets(await ReadAsync(query)));

    [Fact]
    public async Task Entries_can_be_read_between_two_times()
    {
        var at = (await ReadAsync("")).GetProperty("items").EnumerateArray().Select(e => Uri.EscapeDataString($"{e.GetProperty("at").GetDateTimeOffset():O}")).ToList();

        Assert.Equal(["4", "3"], Targets(await ReadAsync($"from={at[2]}&before={at[0]}")));
        Assert.Equal(["5"], Targets(await ReadAsync($"from={at[0]}")));
        Assert.Equal(["2", "1"], Targets(await ReadAsync($"before={at[2]}&who=ann")));
    }

    [Theory]
    [InlineData("from=2026-05-04", "from")]
    [InlineData("before=today", "before")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("after=yesterday", "after")]
    [InlineData("who=a%00b", "who")]
    public async Task A_wrong_parameter_is_a_400_that_names_it(string query, string named)
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync($"/audit?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Targets(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("target").GetString()!);

    private async Task<JsonElement> ReadAsync(string query)
    {
        using var client = _api.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>($"/audit?{query}");
    }
}
