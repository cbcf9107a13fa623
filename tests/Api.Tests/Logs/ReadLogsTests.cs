using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Logs;

/// <summary><c>GET /logs</c>.</summary>
public sealed class ReadLogsTests(LogEntries entries) : IClassFixture<LogEntries>
{
    private readonly StandaloneApi _api = entries.Api;

    [Theory]
    [InlineData("", new[] { 5, 4, 3, 2, 1 })]
    [InlineData("level=Warning", new[] { 2 })]
    [InlineData("level=warning,Error", new[] { 3, 2 })]
    [InlineData("text=order", new[] { 4, 3, 2, 1 })]
    [InlineData("text=ORDER%20p", new[] { 1 })]
    [InlineData("text=100%25", new[] { 3 })]
    [InlineData("text=Gr%C3%BC", new[] { 5 })]
    [InlineData("source=Unknown", new[] { 5, 4, 3, 2, 1 })]
    [InlineData("source=access,Service", new int[0])]
    [InlineData("text=_", new int[0])]
    [InlineData("property=order:42", new[] { 3, 1 })]
    [InlineData("property=order:42&property=route:/orders", new[] { 1 })]
    [InlineData("property=Order:42", new[] { 5 })]
    [InlineData("property=to:Z%C3%BCrich", new[] { 5 })]
    [InlineData("property=empty:", new[] { 5 })]
    [InlineData("property=order:4", new int[0])]
    [InlineData("from=1970-01-04T00:00:00Z", new[] { 5, 4, 3 })]
    [InlineData("before=1970-01-04T00:00:00Z", new[] { 2, 1 })]
    [InlineData("from=1970-01-03T02:00:00%2B02:00&before=1970-01-05T00:00Z&level=Error", new[] { 3 })]
    [InlineData("from=1970-01-04T02:00:00%2002:00", new[] { 5, 4, 3 })] // a '+' that was not encoded
    [InlineData("from=1970-01-03T22:00:00-02:00", new[] { 5, 4, 3 })]
    [InlineData("from=1900-01-01T00:00:00Z&limit=2", new[] { 5, 4 })]
    public async Task Entries_are_found_by_their_fields(string query, int[] days) => Assert.Equal(days, Days(await _api.ReadLogsAsync(query)));

    [Fact]
    public async Task An_entry_is_shown_with_all_its_fields()
    {
        var entry = (await _api.ReadLogsAsync("property=route:/orders")).GetProperty("items")[0];

        Assert.Equal(
            """{"level":"Information","source":"Unknown","message":"order placed","properties":{"order":"42","route":"/orders"},"loggedAt":"1970-01-02T00:00:00+00:00"}""",
            JsonSerializer.Serialize(entry.EnumerateObject().Where(m => m.Name != "id").ToDictionary(m => m.Name, m => m.Value)).Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap()
    {
        var (days, after) = (new List<int>(), string.Empty);
        for (var page = 0; page < 3; page++)
        {
            var read = await _api.ReadLogsAsync($"limit=2{after}");
            days.AddRange(Days(read));
            after = read.GetProperty("next") is { ValueKind: JsonValueKind.String } id ? $"&after={id}" : string.Empty;
        }

        Assert.Equal([5, 4, 3, 2, 1], days);
        Assert.Empty(after);
    }

    [Theory]
    [InlineData("level=loud", "level")]
    [InlineData("level=2", "level")]
    [InlineData("level=", "level")]
    [InlineData("level=,", "level")]
    [InlineData("level=Error,", "level")]
    [InlineData("source=2", "source")]
    [InlineData("source=me", "source")]
    [InlineData("text=a%00b", "text")]
    [InlineData("property=order", "property")]
    [InlineData("property=:42", "property")]
    [InlineData("property=a:%00", "property")]
    [InlineData("property=a:1&property=a:2&property=a:3&property=a:4&property=a:5&property=a:6&property=a:7&property=a:8&property=a:9", "property")]
    [InlineData("from=yesterday", "from")]
    [InlineData("before=13", "before")]
    [InlineData("before=1.5", "before")]
    [InlineData("before=12:00", "before")]
    [InlineData("from=2026-11-24%2012:00", "from")] // was taken for midnight, 12 hours east
    [InlineData("from=2026-11-24T10:00%20Z", "from")]
    [InlineData("from=11/24/2026%2010:00", "from")]
    [InlineData("from=2026-11-24", "from")]
    [InlineData("from=2026-11-24T12:00:00", "from")]
    [InlineData("from=0001-01-01T00:00:00%2B02:00", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("after=5", "after")]
    [InlineData("texts=a", "texts")]
    public async Task A_wrong_parameter_is_a_400_that_names_it(string query, string named)
    {
        using var client = _api.CreateClient();

        using var response = await client.GetAsync($"/logs?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal([named], errors.EnumerateObject().Select(e => e.Name));
    }

    [Theory]
    [InlineData("/logs")]
    [InlineData("/data")]
    public async Task Without_a_key_nothing_is_read(string path)
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient();

        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private static IEnumerable<int> Days(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(e => (e.GetProperty("loggedAt").GetDateTimeOffset() - DateTimeOffset.UnixEpoch).Days);
}
