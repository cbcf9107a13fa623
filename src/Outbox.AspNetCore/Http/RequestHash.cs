using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// A hash of the content of a request, independent of its format: a client that repeats a form chooses another boundary, and one
/// that repeats JSON may format it differently. A body that cannot be read as either is hashed byte by byte.
/// </summary>
internal static class RequestHash
{
    /// <summary>Leaves the body's position at its beginning.</summary>
    /// <exception cref="BadHttpRequestException">400: the form cannot be read. 413: the body is too large. 415: it is compressed.</exception>
    public static async Task<string> OfAsync(HttpRequest request)
    {
        if (!request.Body.CanSeek)
        {
            throw new BadHttpRequestException(
                $"With the header {IdempotencyKey.HeaderName} the body must not be compressed. The application takes it if UseRequestDecompression comes before UseOutboxApi.",
                StatusCodes.Status415UnsupportedMediaType);
        }

        request.Body.Position = 0; // parameter binding has read it
        var stream = request.Body;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddPairs(hash, request.Query);
        if (request.HasFormContentType)
        {
            Add(hash, "form");
            AddPairs(hash, await AnyForm.ReadFormAsync(request));
        }
        else
        {
            Add(hash, "body");
            using var body = new MemoryStream();
            await stream.CopyToAsync(body, request.HttpContext.RequestAborted);
            hash.AppendData(Normalized(body.ToArray()));
        }

        stream.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>JSON without whitespace between its tokens; other content as it is.</summary>
    private static byte[] Normalized(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return JsonSerializer.SerializeToUtf8Bytes(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return body;
        }
    }

    private static void AddPairs(IncrementalHash hash, IEnumerable<KeyValuePair<string, StringValues>> pairs)
    {
        foreach (var (name, values) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Add(hash, name);
            foreach (var value in values)
            {
                Add(hash, $"={value}");
            }
        }
    }

    /// <summary>Adds the length before the string, so that different lists of strings have different hashes.</summary>
    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
