using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.Dashboard.Files;

/// <summary>
/// Answers with a file: compressed as the browser accepts it, and only if the browser has not this very version. It is asked for each time
/// (<c>no-cache</c>), so a new version of the service is shown at once.
/// </summary>
internal static class FileAnswer
{
    private static readonly string[] Encodings = ["br", "gzip"];

    public static IResult Of(HttpContext http, Asset asset)
    {
        var headers = http.Response.Headers;
        var encoding = Array.Find(Encodings, encoding => Accepts(http.Request, encoding));
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        // Two encodings are two representations, and a strong tag is of one.
        return TypedResults.Bytes(asset.In(encoding), asset.MediaType, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{(encoding is null ? "" : $"-{encoding}")}\""));
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(accepted =>
            accepted.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);
}
