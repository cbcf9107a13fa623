using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Masking;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Messaging.Api.Tests.Masking;

/// <summary>What a key that may only read sees of e-mail addresses, and of stack traces.</summary>
public sealed class MaskingTests
{
    private static readonly string Reader = ApiKeys.New(), Operator = ApiKeys.New();

    private static readonly (string, string)[] Settings =
    [
        ("Access:Keys:0:Name", "rita@example.org"), ("Access:Keys:0:Role", "read"), ("Access:Keys:0:Hash", ApiKeys.Hash(Reader)),
        ("Access:Keys:1:Name", "otto@example.org"), ("Access:Keys:1:Role", "operate"), ("Access:Keys:1:Hash", ApiKeys.Hash(Operator)),
        ("Endpoints:Default:Retry:ImmediateRetries", "0"), ("Endpoints:Default:Retry:DelayedRetries", "0"),
    ];

    [Theory]
    [InlineData("nobody here", "nobody here")]
    [InlineData("ann@example.org", "a***@example.org")]
    [InlineData("<ann@example.org>: no such user, ann+1@example.org", "<a***@example.org>: no such user, a***@example.org")]
    [InlineData("ann%40example.org", "a***@example.org")]
    [InlineData("to=ann%40example.org&cc=bob@example.org", "to=a***@example.org&cc=b***@example.org")]
    [InlineData("{broken \"ann\\u0040example.org\"", "{broken \"a***@example.org\"")]
    [InlineData("ann&#64;example.org", "a***@example.org")]
    [InlineData("😀nn@example.org", "😀***@example.org")]
    [InlineData("\"ann b\"@example.org", "\"ann b\"@example.org")] // a quoted local part, which no address here has
    [InlineData("a@b@c", "a***@b***@c")]
    [InlineData("@everybody", "@everybody")]
    [InlineData("{\"email\":\"\\u00fcnn\\u0040example.org\",\"n\":1.0}", "{\"email\":\"ü***@example.org\",\"n\":1.0}")]
    [InlineData("{\"ann@x.org\":1,\"al@x.org\":2}", "{\"a***@x.org\":1,\"a***@x.org (2)\":2}")]
    [InlineData("{\"to\":\"ann@x.org\",\"to\":\"bob@x.org\"}", "{\"to\":\"a***@x.org\",\"to (2)\":\"b***@x.org\"}")]
    [InlineData("{\"to\":\"ann@x.org\",\"half\":\"\\ud800\"}", "{\"to\":\"a***@x.org\",\"half\":\"\\ud800\"}")]
    [InlineData("[\"ann@x.org\",null,true,1e400]", "[\"a***@x.org\",null,true,1e400]")]
    [InlineData("{\"body\":\"{\\\"to\\\":\\\"ann@example.org\\\"}\"}", "{\"body\":\"{\\\"to\\\":\\\"a***@example.org\\\"}\"}")]
    public void An_address_is_masked_wherever_it_stands(string text, string expected) => Assert.Equal(expected, AddressMask.Of(text));

    [Fact]
    public void A_long_text_without_gaps_is_masked_in_a_moment()
    {
        var text = new string('a', 5_000_000) + "@example.org";

        Assert.Equal("a***@example.org", AddressMask.Of(text)); // by the square of its length it would take hours
    }

    [Fact]
    public async Task A_reader_sees_a_dead_letter_without_addresses_and_stack_trace()
    {
        await using var api = new StandaloneApi(Settings);
        using var reader = Client(api, Reader);
        using var otto = Client(api, Operator);
        api.BlockMails();
        var id = await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await Eventually.True(async () => await api.CountAsync("dead_letters") == 1, "the mail has failed");
        await api.ExecuteAsync("""UPDATE dead_letters SET error = 'bob@example.org refused', headers = '{"to":"carl@example.org","MT-Fault-StackTrace":"at Secret.Place()"}'""");
        var letter = (await otto.GetFromJsonAsync<JsonElement>("/dead-letters")).GetProperty("items")[0].GetProperty("id").GetString();
        using var redriven = await otto.PostAsync("/dead-letters/redrive?error=bob@example.org", null);
        await Eventually.True(async () => await api.CountAsync("dead_letters") == 2, "it has failed again");
        await api.ExecuteAsync("UPDATE tasks SET last_error = 'dora@example.org refused' WHERE last_error IS NOT NULL");

        var (seen, whole) = (await AllAsync(reader), await AllAsync(otto));

        Assert.DoesNotContain(" at Messaging.", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret.Place", seen, StringComparison.Ordinal);
        Assert.Contains(" at Messaging.", whole, StringComparison.Ordinal);
        Assert.Contains("Secret.Place", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@", seen, StringComparison.Ordinal); // in the message and its headers, which a reader does not see
        Assert.DoesNotContain("carl@", seen, StringComparison.Ordinal);
        foreach (var name in (string[])["bob", "dora", "otto"])
        {
            Assert.DoesNotContain($"{name}@", seen, StringComparison.Ordinal);
            Assert.Contains($"{name[0]}***@example.org", seen, StringComparison.Ordinal);
            Assert.Contains($"{name}@example.org", whole, StringComparison.Ordinal);
        }

        async Task<string> AllAsync(HttpClient client) => string.Concat(await Task.WhenAll(
            new[] { "/dead-letters?state=Redriven", "/dead-letters", "/dead-letter-groups", $"/dead-letters/{letter}", $"/tasks/{id}", "/tasks?state=Failed", "/users", "/audit", "/logs" }
                .Select(client.GetStringAsync)));
    }

    [Fact]
    public async Task A_reader_cannot_find_an_address_letter_by_letter()
    {
        await using var api = new StandaloneApi(Settings);
        using var reader = Client(api, Reader);
        using var otto = Client(api, Operator);
        api.BlockMails();
        await api.AcceptedAsync(null, "/register?email=ann@example.org");
        await api.AcceptedAsync(null, "/log?message=bob@example.org%20was%20here");
        await Eventually.True(async () => await api.CountAsync("dead_letters") == 1 && await api.CountAsync("activity_log WHERE message LIKE 'bob%'") == 1, "the mail has failed");
        await api.ExecuteAsync("UPDATE dead_letters SET error = 'bob@example.org refused'");
        await api.ExecuteAsync("UPDATE tasks SET last_error = 'bob@example.org refused', kind = 'for bob@example.org' WHERE last_error IS NOT NULL");

        foreach (var search in (string[])
            ["/tasks?error=", "/tasks?why=true&error=", "/tasks/count?error=", "/dead-letters?error=", "/dead-letters/count?error=", "/dead-letters/queues?error=", "/logs?text=", "/tasks/suggestions?text="])
        {
            Assert.True(await FindsAsync(otto, search, "bo"), search);
            Assert.True(await FindsAsync(reader, search, "example.org"), search);
            Assert.False(await FindsAsync(reader, search, "bo"), search);
        }

        static async Task<bool> FindsAsync(HttpClient client, string search, string text)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>($"{search}{text}");
            return answer.TryGetProperty("count", out var count) ? count.GetInt64() > 0 : answer.GetProperty("items").GetArrayLength() > 0;
        }
    }

    [Fact]
    public async Task A_task_that_is_followed_shows_a_reader_no_address()
    {
        await using var api = new StandaloneApi(Settings);
        var id = await api.AcceptedAsync(null, "/log?message=a");
        await Eventually.True(async () => await api.CountAsync("tasks WHERE state = 3") == 1, "it is done");
        await api.ExecuteAsync("""UPDATE tasks SET result = '{"sent":["ann@example.org"]}', progress_text = 'bob@example.org', kind = 'carl@example.org'""");
        using var reader = Client(api, Reader);
        using var otto = Client(api, Operator);

        var (seen, whole) = (await reader.GetStringAsync($"/tasks/{id}/events"), await otto.GetStringAsync($"/tasks/{id}/events"));

        Assert.Contains("a***@example.org", seen, StringComparison.Ordinal);
        Assert.Contains("b***@example.org", seen, StringComparison.Ordinal);
        Assert.Contains("c***@example.org", seen, StringComparison.Ordinal);
        Assert.Contains("ann@example.org", whole, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_a_handler_returns_is_masked()
    {
        await using var route = await RouteOfATest.StartAsync(
            app =>
            {
                app.MapGet("/value", () => new { Email = "ann@example.org" }).RequireRead();
                app.MapGet("/text", () => "to ann@example.org").RequireRead();
            },
            Settings);
        using var client = route.CreateClient();
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, Reader);

        Assert.Equal("""{"email":"a***@example.org"}""", await client.GetStringAsync("/value"));
        Assert.Equal("to a***@example.org", await client.GetStringAsync("/text"));
    }

    private static HttpClient Client(StandaloneApi api, string key)
    {
        var client = api.CreateClient();
        client.DefaultRequestHeaders.Add(ApiKeyHandler.HeaderName, key);
        return client;
    }
}
