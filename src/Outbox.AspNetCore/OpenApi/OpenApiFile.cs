using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace Messaging.Outbox.AspNetCore.OpenApi;

/// <summary>
/// The OpenAPI document as a cached file. Building it takes tens of milliseconds, and it does not change while the process runs:
/// the first request builds and compresses it, and all others get these bytes or a 304.
/// </summary>
internal sealed class OpenApiFile(string name, IOpenApiDocumentProvider documents) : IDisposable
{
    private const int PieceBytes = 8 * 1_024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Content? _content;

    public string Path { get; } = $"/openapi/{name}.json";

    public void Dispose() => _turn.Dispose();

    public async Task<IResult> RespondAsync(HttpContext http)
    {
        var content = _content ?? await BuildAsync(http.RequestAborted);
        var response = http.Response;
        response.Headers.CacheControl = "no-cache"; // caches may store it, but must revalidate it
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!TakesGzip(http.Request.Headers.AcceptEncoding))
        {
            return Answer(http, content.Plain, content.Tag("plain"));
        }

        response.Headers.ContentEncoding = "gzip";
        return Answer(http, content.Compressed, content.Tag("gzip"));
    }

    /// <summary>
    /// Writes in small chunks, each after the previous one is sent, so that a client that does not read keeps only one chunk in
    /// memory.
    /// </summary>
    private static PushStreamHttpResult Answer(HttpContext http, byte[] content, EntityTagHeaderValue tag) => TypedResults.Stream(
        async body =>
        {
            http.Response.ContentLength = content.Length;
            for (var start = 0; start < content.Length; start += PieceBytes)
            {
                await body.WriteAsync(content.AsMemory(start, Math.Min(PieceBytes, content.Length - start)), http.RequestAborted);
            }
        },
        "application/json; charset=utf-8",
        entityTag: tag);

    private static bool TakesGzip(StringValues accepted) =>
        StringWithQualityHeaderValue.TryParseList(accepted, out var encodings)
        && encodings.Any(e => e.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && e.Quality is not 0);

    private async Task<Content> BuildAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_content is { } built)
            {
                return built;
            }

            // Not the first caller's token, because others wait for the same document.
            var document = await documents.GetOpenApiDocumentAsync(CancellationToken.None);
            using var plain = new MemoryStream();
            await document.SerializeAsJsonAsync(plain, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
            return _content = Content.Of(plain.ToArray());
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed record Content(byte[] Plain, byte[] Compressed, string Hash)
    {
        public static Content Of(byte[] plain)
        {
            using var compressed = new MemoryStream();
            using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            {
                gzip.Write(plain);
            }

            return new Content(plain, compressed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(plain))[..16]);
        }

        public EntityTagHeaderValue Tag(string encoding) => new($"\"{Hash}-{encoding}\"");
    }
}
