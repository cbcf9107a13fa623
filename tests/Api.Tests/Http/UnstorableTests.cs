using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Messaging.Outbox;
using Microsoft.AspNetCore.Builder;

namespace Messaging.Api.Tests.Http;

/// <summary>What the database would refuse: a client's fault is said to the client, and a statement's is not called an outage.</summary>
public sealed class UnstorableTests
{
    [Theory]
    [InlineData("/tasks", """{"type":"LogRequested","message":{"message":"a\u0000b"}}""", "'message.message' contains")]
    [InlineData("/tasks", """{"type":"LogRequested","message":{"message":"a","properties":{"k\u0000":"v"}}}""", "'message.properties' has a member")]
    [InlineData("/log", """{"level":"Information","message":"a\u0000b"}""", "'message' contains")]
    public async Task A_zero_character_is_refused_with_the_fields_name(string path, string body, string expected)
    {
        await using var api = new StandaloneApi();
        using var client = api.CreateClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(path, content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(expected, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INSERT INTO nowhere (name) VALUES ($1)", "a")]
    [InlineData("INSERT INTO users (display_name) VALUES ($1)", "a\0b")]
    public async Task A_refused_statement_is_a_500_and_no_outage(string sql, string value)
    {
        await using var api = await RouteOfATest.StartAsync(app => app.MapPost("/refused", async (IUnitOfWork unit) =>
        {
            unit.Execute(sql, value);
            await unit.CommitAsync();
        }));
        using var client = api.CreateClient();

        using var response = await client.PostAsync("/refused", content: null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("rejects", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(api.Logs.Lines, l => l.StartsWith("POST /refused: the database rejects", StringComparison.Ordinal));
    }
}
