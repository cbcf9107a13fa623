using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Messaging.Api.Tests.DeadLetters;

/// <summary>Groups of dead letters: their notes, and where they are redriven to.</summary>
public sealed class GroupTests : IAsyncLifetime
{
    private readonly StandaloneApi _api = new(("Endpoints:Default:Retry:MaxAttempts", "1"));
    private HttpClient _client = null!;
    private Guid _task, _letter;
    private string _group = "";

    public async ValueTask InitializeAsync()
    {
        _client = _api.CreateClient();
        _api.BlockMails();
        _task = await _api.AcceptedAsync(null, "/register?email=ann@example.org");
        await _api.StateAsync(_task, "Failed");
        var letter = (await _client.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items")[0];
        (_letter, _group) = (letter.GetProperty("id").GetGuid(), $"/dead-letter-groups/{letter.GetProperty("groupId").GetGuid()}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_group_has_its_queues_its_course_and_a_note()
    {
        using var noted = await _client.PutAsJsonAsync($"{_group}/note", new { text = "The disk is full.\nRedrive it later." });

        var group = await _client.GetFromJsonAsync<JsonElement>(_group);
        Assert.Equal(HttpStatusCode.NoContent, noted.StatusCode);
        Assert.Equal(("The disk is full.\nRedrive it later.", "local"), (group.GetProperty("note").GetProperty("text").GetString(), group.GetProperty("note").GetProperty("who").GetString()));
        Assert.Equal("user-registered", Assert.Single(group.GetProperty("queues").EnumerateArray()).GetString());
        Assert.Equal((24, 1), (group.GetProperty("trend").GetArrayLength(), group.GetProperty("trend")[23].GetInt32()));
        Assert.Equal(1, await _api.CountAsync("audit WHERE action = 'dead-letter.note'"));
        using var deleted = await _client.PutAsJsonAsync($"{_group}/note", new { text = "" });
        Assert.Equal(JsonValueKind.Null, (await _client.GetFromJsonAsync<JsonElement>("/dead-letter-groups")).GetProperty("items")[0].GetProperty("note").ValueKind);
    }

    [Fact]
    public async Task A_note_that_nobody_has_read_is_not_replaced()
    {
        using var first = await _client.PutAsJsonAsync($"{_group}/note", new { text = "first", replaces = (string?)null });
        using var blind = await _client.PutAsJsonAsync($"{_group}/note", new { text = "blind", replaces = (string?)null });
        var at = (await _client.GetFromJsonAsync<JsonElement>(_group)).GetProperty("note").GetProperty("at").GetString();
        using var second = await _client.PutAsJsonAsync($"{_group}/note", new { text = "second", replaces = at });
        using var wrong = await _client.PutAsJsonAsync($"{_group}/note", new { text = "wrong", replaces = "yesterday" });

        Assert.Equal(
            [HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.NoContent, HttpStatusCode.BadRequest],
            [first.StatusCode, blind.StatusCode, second.StatusCode, wrong.StatusCode]);
        Assert.Contains("local has written a note", await blind.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_of_a_filter_are_counted_with_some_of_them()
    {
        var one = await _client.GetFromJsonAsync<JsonElement>("/dead-letters/count?queue=user-registered&reason=Failed");
        var none = await _client.GetFromJsonAsync<JsonElement>("/dead-letters/count?queue=other");
        using var wrong = await _client.GetAsync("/dead-letters/count?reason=Bad");

        Assert.Equal((1, true, _letter), (one.GetProperty("count").GetInt32(), one.GetProperty("isExact").GetBoolean(), one.GetProperty("sample")[0].GetProperty("id").GetGuid()));
        Assert.Equal((0, 0), (none.GetProperty("count").GetInt32(), none.GetProperty("sample").GetArrayLength()));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task A_note_that_is_too_long_or_on_nothing_is_refused()
    {
        using var tooLong = await _client.PutAsJsonAsync($"{_group}/note", new { text = new string('a', 2_001) });
        using var longest = await _client.PutAsJsonAsync($"{_group}/note", new { text = new string('a', 2_000) });
        using var missing = await _client.PutAsJsonAsync($"{_group}/note", new { });
        using var unknown = await _client.PutAsJsonAsync($"/dead-letter-groups/{Guid.NewGuid()}/note", new { text = "a" });
        using var nothing = await _client.GetAsync($"/dead-letter-groups/{Guid.NewGuid()}");

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.NoContent, HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            [tooLong.StatusCode, longest.StatusCode, missing.StatusCode, unknown.StatusCode, nothing.StatusCode]);
    }

    [Fact]
    public async Task An_unknown_queue_is_a_400_with_the_nearest_name()
    {
        await Eventually.True(async () => await _api.CountAsync("queues WHERE name = 'user-registered'") == 1, "the queue is known");

        using var one = await _client.PostAsJsonAsync($"/dead-letters/{_letter}/redrive", new { queue = "user-registred" });
        using var all = await _client.PostAsync("/dead-letters/redrive?queue=user-registered&toQueue=user-registred", null);
        using var bulk = await _client.PostAsJsonAsync("/dead-letters/bulk", new { action = "Redrive", ids = new[] { _letter }, queue = "user-registred" });

        foreach (var (response, field) in new[] { (one, "queue"), (all, "toQueue"), (bulk, "queue") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty(field)[0].GetString();
            Assert.Equal("No worker has reported a queue user-registred. Is it user-registered?", error);
        }

        Assert.Equal(1, await _api.CountAsync("dead_letters WHERE state = 0"));
    }

    [Fact]
    public async Task The_ids_of_some_are_redriven_at_once()
    {
        _api.UnblockMails();

        using var response = await _client.PostAsJsonAsync("/dead-letters/bulk", new { action = "Redrive", ids = new[] { _letter }, expected = 1 });

        Assert.Equal("""{"changed":1,"skipped":0}""", await response.Content.ReadAsStringAsync());
        await _api.SucceededAsync(_task);
        Assert.Single(_api.Mails());
    }
}
