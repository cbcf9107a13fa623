using Microsoft.Net.Http.Headers;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// JSON is UTF-8 (RFC 8259, 8.1). A charset parameter of UTF-8 is removed, because ASP.NET Core throws if it is quoted; any other
/// charset is answered with 415.
/// </summary>
internal static class JsonCharset
{
    public static void UseJsonCharset(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.ContentType?.Contains("charset", StringComparison.OrdinalIgnoreCase) == true
            && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)))
        {
            if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                throw new BadHttpRequestException("A JSON body must be UTF-8.", StatusCodes.Status415UnsupportedMediaType);
            }

            request.ContentType = type.MediaType.Value;
        }

        return next(context);
    });
}
