using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Limits the bytes of request bodies in memory. Without a limit, thousands of callers that send most of a body and then stop could
/// use all memory. One caller gets at most a quarter, so that it cannot use up the limit.
/// </summary>
internal sealed class BodyMemory(IOptions<ApiOptions> options)
{
    private const int Shares = 4;

    private readonly long _limit = options.Value.MaxBodyMemoryBytes ?? DefaultLimit();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _callers = new(StringComparer.Ordinal); // only callers with bytes in memory
    private long _taken;

    /// <summary>The bytes that one caller may have in memory.</summary>
    public long MaxOfCaller => _limit / Shares;

    /// <summary>An eighth of the memory that the garbage collector may use, which a container's limit determines.</summary>
    public static long DefaultLimit() =>
        Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, ApiOptions.MinBodyMemoryBytes, 1L << 30);

    /// <summary>Reserves memory for a request until it ends. Who its caller is counts when its body is first read, after authentication.</summary>
    public BodyShare Open(HttpContext http)
    {
        var share = new BodyShare(this, http);
        http.Response.RegisterForDispose(share);
        return share;
    }

    private static string CallerOf(HttpContext http) => http.HasKey() ? $"key {http.Who()}" : CallerAddress.Of(http);

    private bool TryTake(string caller, int bytes)
    {
        lock (_lock)
        {
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_callers, caller, out var isKnown);
            if (own + bytes > MaxOfCaller || _taken + bytes > _limit)
            {
                if (!isKnown)
                {
                    _callers.Remove(caller);
                }

                return false;
            }

            own += bytes;
            _taken += bytes;
            return true;
        }
    }

    private void GiveBack(string caller, long bytes)
    {
        lock (_lock)
        {
            _taken -= bytes;
            if (_callers.TryGetValue(caller, out var own) && own > bytes)
            {
                _callers[caller] = own - bytes;
            }
            else
            {
                _callers.Remove(caller);
            }
        }
    }

    internal sealed class BodyShare(BodyMemory memory, HttpContext http) : IDisposable
    {
        private string? _caller;
        private long _bytes;

        /// <exception cref="BadHttpRequestException">503: the bodies of the caller, or of all callers, have reached the limit.</exception>
        public void Grow(int bytes)
        {
            if (bytes == 0)
            {
                return; // the end of the body: a caller without bytes is not kept
            }

            _caller ??= CallerOf(http);
            if (!memory.TryTake(_caller, bytes))
            {
                throw new BadHttpRequestException(
                    "The limit for all request bodies is reached. Please try again later.", StatusCodes.Status503ServiceUnavailable);
            }

            _bytes += bytes;
        }

        public void Dispose()
        {
            if (_bytes > 0)
            {
                memory.GiveBack(_caller!, _bytes);
            }

            _bytes = 0;
        }
    }
}
