using System.Net;
using System.Net.Http.Json;
using Messaging.Api.Tests.Access;

namespace Messaging.Api.Tests.Bulk;

/// <summary>Who may count, and who may change.</summary>
public sealed class BulkAccessTests(TwoKeysApi shared) : IClassFixture<TwoKeysApi>
{
    [Theory]
    [InlineData("GET", "/tasks/count", 200)]
    [InlineData("GET", "/dead-letters/count", 200)]
    [InlineData("GET", "/dead-letters/queues", 200)]
    [InlineData("GET", "/tasks/suggestions?field=state", 200)]
    [InlineData("GET", "/bulk-actions", 200)]
    [InlineData("POST", "/tasks/bulk", 403)]
    [InlineData("POST", "/dead-letters/bulk", 403)]
    [InlineData("POST", "/bulk-actions/0193a0b0-0000-7000-8000-000000000001/stop", 403)]
    [InlineData("PUT", "/dead-letter-groups/0193a0b0-0000-7000-8000-000000000001/note", 403)]
    public async Task A_reader_sees_and_changes_nothing(string method, string path, int status)
    {
        using var client = shared.Api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-Api-Key", TwoKeysApi.Reader);
        request.Content = method == "GET" ? null : JsonContent.Create(new { });

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }
}
