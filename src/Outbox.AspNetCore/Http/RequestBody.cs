using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>The body of a request as a whole: its size, its kind, and whether it can be read at all.</summary>
internal static class RequestBody
{
    private const int MaxFormPairs = 64;

    private const int FirstBytes = 2_048;

    /// <summary>Reads it as it arrives: what its length announces is not memory yet.</summary>
    /// <exception cref="BadHttpRequestException">
    /// 400: it breaks off, or is not sent as HTTP wants it. 413: it is larger than <see cref="ApiOptions.MaxBodyBytes"/>. 503: the bodies of all
    /// requests are too large together.
    /// </exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        var services = request.HttpContext.RequestServices;
        var limit = services.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        if (request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        var share = services.GetRequiredService<BodyMemory>().Open(request.HttpContext);
        var body = new MemoryStream((int)Math.Min(request.ContentLength ?? FirstBytes, FirstBytes));
        var chunk = ArrayPool<byte>.Shared.Rent(8_192);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
            {
                share.Grow(read);
                body.Write(chunk, 0, read);
                if (body.Length > limit)
                {
                    throw TooLarge(limit);
                }
            }
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw Bad("The body broke off, or was not sent as HTTP wants it."); // such as a chunk's size that is no number
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk, clearArray: true); // it may have held a password
        }

        return body.Length == body.Capacity ? body.GetBuffer() : body.ToArray();
    }

    /// <returns>True for JSON, whose charset is known to be right (<see cref="JsonCharset"/>); false for a form.</returns>
    /// <exception cref="BadHttpRequestException">415: it is neither.</exception>
    public static bool IsJson(HttpRequest request)
    {
        if (StringValues.IsNullOrEmpty(request.Headers.ContentEncoding) && MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType))
        {
            if (contentType.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (request.HasFormContentType)
            {
                return false;
            }
        }

        throw NotTaken("The body must be application/json (UTF-8), application/x-www-form-urlencoded or multipart/form-data, not compressed.");
    }

    /// <summary>The members of a JSON object; every name and text in them can be read.</summary>
    /// <exception cref="BadHttpRequestException">400: it is not JSON, or not an object.</exception>
    public static IReadOnlyList<KeyValuePair<string, JsonElement>> ParseJson(byte[] body, int maxDepth = 8)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = maxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw Bad("The body must be a JSON object.");
            }

            CheckTexts(document.RootElement);
            return [.. document.RootElement.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.Clone()))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Bad("The body is not valid JSON.");
        }
    }

    /// <exception cref="BadHttpRequestException">400: it is not a form. 415: something in it is in an encoding that is not supported.</exception>
    public static async Task<IFormCollection> ParseFormAsync(HttpRequest request, byte[] body)
    {
        request.Body = new MemoryStream(body);
        var feature = new FormFeature(request, new FormOptions { ValueCountLimit = MaxFormPairs, KeyLengthLimit = 256 });
        try
        {
            return await feature.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Bad("The body is not a valid form.");
        }
        catch (NotSupportedException)
        {
            throw NotTaken("The form, a part of it or the name of a part is in an encoding that is not supported; use UTF-8.");
        }
    }

    /// <summary>Checks a value that a route has bound.</summary>
    /// <exception cref="BadHttpRequestException">400: a name or a string in it cannot be read, or stored.</exception>
    public static void EnsureReadable(JsonElement element)
    {
        try
        {
            CheckTexts(element);
        }
        catch (InvalidOperationException)
        {
            throw Bad("The body is not valid JSON.");
        }
    }

    /// <summary>
    /// Half a surrogate pair, or bytes that are not UTF-8, throw here and not when the text is used; and what a database cannot store is
    /// named here, and not refused by the last worker that meets it.
    /// </summary>
    /// <exception cref="BadHttpRequestException">400: a text, or a name, contains U+0000.</exception>
    private static void CheckTexts(JsonElement element, string path = "")
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    CheckText(property.Name, path, "has a member whose name contains");
                    CheckTexts(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var (i, item) in element.EnumerateArray().Index())
                {
                    CheckTexts(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
                }

                break;
            case JsonValueKind.String:
                CheckText(element.GetString()!, path, "contains");
                break;
        }
    }

    private static void CheckText(string text, string path, string problem)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new UnstorableFieldException(path, $"'{path}' {problem} the character U+0000, which cannot be stored.");
        }
    }

    private static BadHttpRequestException Bad(string message) => new(message, StatusCodes.Status400BadRequest);

    private static BadHttpRequestException NotTaken(string message) => new(message, StatusCodes.Status415UnsupportedMediaType);

    private static BadHttpRequestException TooLarge(int limit) => new(
        string.Create(CultureInfo.InvariantCulture, $"The body must not be larger than {limit} bytes."),
        StatusCodes.Status413PayloadTooLarge);
}
