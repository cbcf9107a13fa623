using Microsoft.Extensions.Options;

namespace Messaging.Api.Http;

/// <summary>
/// The bytes of request bodies that are in memory at once. Thousands of callers who each send most of a body and then stop would otherwise
/// take all memory there is.
/// </summary>
internal sealed class BodyMemory(IOptions<ApiOptions> options)
{
    private readonly long _limit = options.Value.MaxBodyMemoryBytes ?? DefaultLimit();
    private long _taken;

    /// <summary>An eighth of what the garbage collector may use, which a container's memory limit decides.</summary>
    public static long DefaultLimit() =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, ApiOptions.MinBodyMemoryBytes, 1L << 30);

    /// <summary>Takes memory for a request, until the request ends.</summary>
    public BodyShare Open(HttpContext http)
    {
        var share = new BodyShare(this);
        http.Response.RegisterForDispose(share);
        return share;
    }

    internal sealed class BodyShare(BodyMemory memory) : IDisposable
    {
        private long _bytes;

        /// <exception cref="BadHttpRequestException">503: the bodies of all requests together are as large as they may be.</exception>
        public void Grow(int bytes)
        {
            _bytes += bytes;
            if (Interlocked.Add(ref memory._taken, bytes) > memory._limit)
            {
                throw new BadHttpRequestException(
                    "The bodies of all requests together are too large at the moment. Please try again.", StatusCodes.Status503ServiceUnavailable);
            }
        }

        public void Dispose()
        {
            Interlocked.Add(ref memory._taken, -_bytes);
            _bytes = 0;
        }
    }
}
