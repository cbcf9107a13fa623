using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>How large the body of a request may be.</summary>
/// <param name="Limit">The maximum in bytes.</param>
/// <param name="IsCounted">Whether its bytes count for the memory of all bodies; if not, the server enforces the limit.</param>
internal readonly record struct BodySize(long Limit, bool IsCounted)
{
    /// <summary>
    /// A route of the application that says how large its bodies are (<c>[RequestSizeLimit]</c>) has asked for no buffer. With an <c>Idempotency-Key</c> there is one all the same: its
    /// size is then the limit, if one caller may have as much in memory, and a route without any limit has that of all others.
    /// </summary>
    public static BodySize Of(HttpContext http)
    {
        var limit = http.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.MaxBodyBytes;
        var own = http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>();
        return own is null ? new BodySize(limit, !StreamedBody.IsExpected(http))
            : IdempotencyKey.Buffers(http) ? new BodySize(Math.Min(own.MaxRequestBodySize ?? limit, http.RequestServices.GetRequiredService<BodyMemory>().MaxOfCaller), IsCounted: true)
            : new BodySize(limit, IsCounted: false);
    }
}
