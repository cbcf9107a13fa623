using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore.Access;

namespace Messaging.Api.Tests.DeadLetters;

/// <summary>What callers see of the message of a dead letter, and of a schedule.</summary>
public sealed class DeadLetterViewTests : IAsyncLifetime
{
    private const string Body =
        """{"messageType":["urn:message:Messaging.Contracts:{0}"],"headers":{"tenant":"secret"},"message":{"email":"ann@example.org","text":"secret"}}""";

    private static readonly string Operate = ApiKeys.New(), Read = ApiKeys.New(), Reader = ApiKeys.New(), Blind = ApiKeys.New();

    private readonly StandaloneApi _api = new(
    [
        .. Key(0, "otto", "operate", Operate), .. Key(1, "rita", "read", Read), .. Key(2, "rosa", "read", Reader), .. Key(3, "bert", "operate", Blind),
        ("Access:Keys:2:Payloads", "true"), ("Access:Keys:3:Payloads", "false"),
    ]);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_message_is_hidden_from_keys_that_may_not_see_it()
    {
        var id = await AddAsync("LogRequested");

        foreach (var (key, seesTrace) in new[] { (Read, false), (Blind, true) })
        {
            var letter = await GetAsync(id, key);

            Assert.Equal(("Hidden", seesTrace), (letter.GetProperty("bodyState").GetString(), letter.GetProperty("stackTrace").ValueKind != JsonValueKind.Null));
            Assert.DoesNotContain("secret", letter.GetRawText(), StringComparison.Ordinal);
            Assert.Equal(["MT-Fault-Message", "Task-Id"], letter.GetProperty("headers").EnumerateObject().Select(h => h.Name));
        }
    }

    [Fact]
    public async Task A_message_is_shown_to_keys_that_may_see_it()
    {
        var id = await AddAsync("LogRequested");

        var (operators, readers) = (await GetAsync(id, Operate), await GetAsync(id, Reader));

        Assert.Equal((BodyOf("LogRequested"), "edited secret"), (operators.GetProperty("body").GetString(), operators.GetProperty("editedBody").GetString()));
        Assert.Equal("secret", operators.GetProperty("headers").GetProperty("tenant").GetString());
        Assert.Contains("a***@example.org", readers.GetProperty("body").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redacted_values_and_sensitive_messages_are_shown_to_nobody()
    {
        var (registered, forgotten) = (await GetAsync(await AddAsync("UserRegistered"), Operate), await GetAsync(await AddAsync("PasswordForgotten"), Operate));

        Assert.Equal(("Shown", "Sensitive"), (registered.GetProperty("bodyState").GetString(), forgotten.GetProperty("bodyState").GetString()));
        Assert.Contains("\"email\":\"[redacted]\",\"text\":\"secret\"", registered.GetProperty("body").GetString(), StringComparison.Ordinal);
        Assert.Contains("email", registered.GetProperty("redacted").EnumerateArray().Select(path => path.GetString()));
        Assert.DoesNotContain("secret", forgotten.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_of_a_schedule_is_for_the_same_keys()
    {
        using var client = Client(Operate);
        using var put = await client.PutAsJsonAsync(
            "/schedules/tick", new { cron = "0 0 1 1 *", type = "LogRequested", message = new { level = "Information", message = "secret", loggedAt = "2026-05-04T12:00:00Z" } });
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);

        foreach (var (key, isSeen) in new[] { (Operate, true), (Reader, true), (Read, false), (Blind, false) })
        {
            using var caller = Client(key);
            foreach (var path in new[] { "/schedules", "/schedules/tick" })
            {
                Assert.Equal(isSeen, (await caller.GetStringAsync(path)).Contains("secret", StringComparison.Ordinal));
            }
        }

        using var blind = Client(Blind);
        using var paused = await blind.PostAsync("/schedules/tick/pause", null);
        Assert.DoesNotContain("secret", await paused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, string Value)> Key(int index, string name, string role, string key) =>
        [($"Access:Keys:{index}:Name", name), ($"Access:Keys:{index}:Role", role), ($"Access:Keys:{index}:Hash", ApiKeys.Hash(key))];

    private static string BodyOf(string type) => Body.Replace("{0}", type, StringComparison.Ordinal);

    private async Task<Guid> AddAsync(string type)
    {
        _ = _api.Server; // which makes the tables
        var id = Guid.CreateVersion7();
        await _api.ExecuteAsync(
            $$"""
            INSERT INTO dead_letters (id, queue, message_type, reason, exception_type, group_id, error, state, dead_at, headers, destination, content_type, metadata, body, edited_body, stack_trace)
            VALUES ('{{$"{id}".ToUpperInvariant()}}', 'log-requested', '{{type}}', 0, 'System.Exception', '{{$"{Guid.NewGuid()}".ToUpperInvariant()}}', 'failed', 0, '2026-11-24 12:00:00+00:00',
                '{"MT-Fault-Message":"failed","Task-Id":"1","tenant":"secret"}', 'queue:log-requested', 'application/vnd.masstransit+json', '{}',
                CAST('{{BodyOf(type)}}' AS BLOB), CAST('{{(type == "UserRegistered" ? "{}" : "edited secret")}}' AS BLOB), 'at A.B()')
            """);
        return id;
    }

    private async Task<JsonElement> GetAsync(Guid id, string key)
    {
        using var client = Client(key);
        return await client.GetFromJsonAsync<JsonElement>($"/dead-letters/{id}");
    }

    private HttpClient Client(string key)
    {
        var client = _api.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }
}
