namespace Messaging.Api.Tests.Reference;

/// <summary>The OpenAPI document that the API gives, as a file for the tools of others.</summary>
internal sealed class DocumentFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.File("openapi.json");

    /// <summary>A folder beside it, for what is made from it.</summary>
    public string Output => _folder.File("client");

    public static async Task<DocumentFile> OfAsync(StandaloneApi api)
    {
        var file = new DocumentFile();
        using var client = api.CreateClient();
        await File.WriteAllTextAsync(file.Path, await client.GetStringAsync("/openapi/v1.json"));
        return file;
    }

    public void Dispose() => _folder.Dispose();
}
