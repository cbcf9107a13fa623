using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Tests.Reference;

/// <summary>The document in an application of somebody else.</summary>
public sealed class LibraryDocumentTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("operations")]
    public async Task The_document_is_served_under_its_name(string name)
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxOpenApi(), services => services.AddOutboxOpenApi(name));
        using var client = app.CreateClient();

        using var answer = await client.GetAsync($"/openapi/{name}.json", TestContext.Current.CancellationToken);

        var document = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Contains(document.GetProperty("paths").EnumerateObject(), path => path.Name == "/dead-letters/{id}");
        Assert.NotNull(answer.Headers.ETag);
    }

    [Fact]
    public async Task The_document_can_require_a_key()
    {
        await using var app = await LibraryApp.StartAsync(routes => routes.MapOutboxOpenApi().RequireRead(), services => services.AddOutboxOpenApi());
        using var anonymous = app.CreateClient();
        using var reader = app.CreateClient(app.ReadKey);

        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).StatusCode);
    }
}
