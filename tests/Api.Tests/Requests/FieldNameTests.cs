using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Messaging.Api.Tests.Requests;

/// <summary>An error names a field as the document does, and a caller's own name as the caller wrote it.</summary>
public sealed class FieldNameTests(SharedApi shared) : IClassFixture<SharedApi>
{
    [Theory]
    [InlineData("POST", "/log", """{"message":"m","properties":{"OrderId":"\u0001"}}""", "properties.OrderId")]
    [InlineData("POST", "/log", """{"message":"m","properties":{"OrderId":{}}}""", "properties.OrderId")]
    [InlineData("POST", "/log", """{"message":"m","properties":{"Message":"\u0001"}}""", "properties.Message")]
    [InlineData("POST", "/tasks", """{"type":"LogRequested","message":{},"Foo":1}""", "Foo")]
    [InlineData("POST", "/tasks", """{"type":"LogRequested","message":{"OrderId":"\u0000"}}""", "message.OrderId")]
    [InlineData("POST", "/tasks", """{"type":"LogRequested","message":{"level":"Information","message":"m","loggedAt":"2026-05-04T12:00:00Z"},"then":[{"message":{}}]}""", "then[0].type")]
    [InlineData("POST", "/tasks", """{"message":{}}""", "type")]
    [InlineData("GET", "/tasks?Foo=1", null, "Foo")]
    [InlineData("GET", "/tasks?Limit=0", null, "limit")]
    [InlineData("GET", "/dead-letters?Limit=0", null, "limit")]
    public async Task Each_error_has_the_name_that_was_sent(string method, string path, string? json, string field)
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
    }
}
