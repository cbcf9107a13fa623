using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// Limits the connections of a process. Kestrel has no limit by default: idle connections would use up the file descriptors, and
/// .NET terminates a process that gets none.
/// </summary>
internal static class ConnectionLimit
{
    private const int Reserve = 250; // the database's pool, the broker, files, libraries
    private const int Min = 50, Max = 20_000;

    // A connection that sends a request and does not read the response took 35 to 40 KiB, so all of them take at most about 60 %
    // of the memory.
    private const int MemoryOfOne = 64 * 1_024;

    /// <summary>
    /// Three quarters of the descriptors that the process does not need itself, one for each 64 KiB of its memory, at most
    /// 20,000.
    /// </summary>
    public static int Default() => Math.Min(ForDescriptors(OpenFiles()), ForMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    public static int ForMemory(long bytes) => (int)Math.Clamp(bytes / MemoryOfOne, Min, Max);

    public static int ForDescriptors(long? descriptors) =>
        descriptors is { } count ? (int)Math.Clamp((count - Reserve) * 3 / 4, Min, Max) : Max;

    /// <summary>
    /// One address must not use all connections: it gets at most three quarters, while a trusted proxy, which has many callers
    /// behind it, may use all.
    /// </summary>
    public static void LimitConnections(this KestrelServerOptions kestrel, ApiOptions options)
    {
        var max = options.MaxConnections ?? Default();
        kestrel.Limits.MaxConcurrentConnections = max;

        // A caller that does not read its response uses little memory, and not for long: Kestrel buffers 64 KiB and requires 240
        // bytes per second.
        kestrel.Limits.MaxResponseBufferSize = 16 * 1_024;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1_024, gracePeriod: TimeSpan.FromSeconds(10));
        var slots = new ConcurrencyLimiterOptions { PermitLimit = options.MaxConnectionsPerAddress ?? Math.Max(1, max * 3 / 4) };
        var limiter = PartitionedRateLimiter.Create<IPAddress, string>(
            address => RateLimitPartition.GetConcurrencyLimiter(CallerAddress.Of(address), _ => slots), StringComparer.Ordinal);
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
        {
            if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || TrustedProxies.Contains(options.TrustedProxies, address))
            {
                await next(connection);
                return;
            }

            using var slot = limiter.AttemptAcquire(address);
            if (slot.IsAcquired)
            {
                await next(connection);
            }
            else
            {
                connection.Abort();
            }
        }));
    }

    /// <returns>Null if the limit is unknown or there is none.</returns>
    private static long? OpenFiles()
    {
        const string Limits = "/proc/self/limits", Name = "Max open files";
        if (!File.Exists(Limits))
        {
            return null;
        }

        // "Max open files            1024                 524288               files": the first number is the effective limit.
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var columns = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns is [var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
