using System.Net;
using System.Text;

namespace Messaging.Api.Tests.Exports;

/// <summary>What <c>POST /exports</c> refuses.</summary>
public sealed class ExportRefusalTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private readonly StandaloneApi _api = shared.Api;

    [Theory]
    [InlineData("""{ "from": "yesterday" }""", HttpStatusCode.BadRequest, "from")]
    [InlineData("""{ "from": "2026-05-04T00:00:00" }""", HttpStatusCode.BadRequest, "from")]
    [InlineData("""{ "before": "2999-01-01T00:00:00Z" }""", HttpStatusCode.BadRequest, "before")]
    [InlineData("""{ "from": "2026-05-04T00:00:00Z", "before": "2026-05-04T00:00:00Z" }""", HttpStatusCode.BadRequest, "from")]
    [InlineData("""{ "from": "2999-05-04T00:00:00Z" }""", HttpStatusCode.BadRequest, "from")]
    [InlineData("""{ "format": "parquet" }""", HttpStatusCode.BadRequest, "format")]
    [InlineData("[]", HttpStatusCode.BadRequest, "object")]
    [InlineData("{", HttpStatusCode.BadRequest, "JSON")]
    public async Task Bad_input_is_named_and_leaves_nothing(string body, HttpStatusCode status, string named)
    {
        using var client = _api.CreateClient();

        using var response = await client.PostAsync("/exports", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((0, 0), (await _api.CountAsync("exports"), await _api.CountAsync("tasks")));
    }

    [Fact]
    public async Task A_request_needs_an_operator_key_and_a_look_a_reader_key()
    {
        await using var api = new StandaloneApi { IsAnonymous = true };
        using var client = api.CreateClient();

        using var request = await client.PostAsync("/exports", null);
        using var look = await client.GetAsync($"/exports/{Guid.NewGuid()}");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (request.StatusCode, look.StatusCode));
    }
}
