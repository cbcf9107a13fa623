using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.Audit;

/// <summary>What a list has of entries about many, and what the entry alone has.</summary>
public sealed class AuditDetailsTests
{
    private const int Many = 1_000, Page = 100;

    [Fact]
    public async Task A_page_of_acts_on_a_thousand_each_is_small()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        for (var i = 0; i < Page; i++)
        {
            await AddAsync(api, Details(Many));
        }

        var page = await client.GetStringAsync($"/audit?limit={Page}");

        Assert.InRange(page.Length, 1, 150_000); // of 4 MB
        var items = JsonDocument.Parse(page).RootElement.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Page, items.Count);
        var details = JsonDocument.Parse(items[0].GetProperty("details").GetString()!).RootElement;
        Assert.Equal((Many, 10, Many - 10), (details.GetProperty("count").GetInt32(), details.GetProperty("ids").GetArrayLength(), details.GetProperty("leftOut").GetProperty("ids").GetInt32()));
        Assert.False(details.GetProperty("leftOut").TryGetProperty("tasks", out _));
        Assert.Equal(2, details.GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public async Task The_entry_alone_has_all_that_was_changed()
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        var id = await AddAsync(api, Details(Many));

        var entry = await client.GetFromJsonAsync<JsonElement>($"/audit/{id}");
        using var unknown = await client.GetAsync($"/audit/{Guid.NewGuid()}");

        Assert.Equal(Details(Many), entry.GetProperty("details").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("""{"ids":[1,2,3],"text":"ü"}""")]
    [InlineData("""[1,2,3,4,5,6,7,8,9,10,11,12]""")]
    [InlineData("""{"a":[1,2,3,4,5,6,7,8,9,10,11,12],"a":1}""")]
    [InlineData("not JSON [")]
    public async Task Other_details_are_listed_as_they_are(string details)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        await AddAsync(api, details);

        var listed = (await client.GetFromJsonAsync<JsonElement>("/audit")).GetProperty("items")[0];

        Assert.Equal(details, listed.GetProperty("details").GetString());
    }

    private static string Details(int count) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"count":{{count}},"ids":[{{string.Join(',', Enumerable.Range(0, count).Select(i => $"\"019ad000-0000-7000-8000-{i:D12}\""))}}],"tasks":["a","b"]}""");

    private static async Task<Guid> AddAsync(StandaloneApi api, string details)
    {
        var id = Guid.CreateVersion7();
        await api.ExecuteAsync(
            $"INSERT INTO audit (id, at, who, action, target, from_state, details) VALUES ('{id.ToString().ToUpperInvariant()}', 0, 'ann', 'task.cancel', 'ids', NULL, '{details}')");
        return id;
    }
}
