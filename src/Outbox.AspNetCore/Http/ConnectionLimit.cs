using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Messaging.Outbox.AspNetCore.Http;

/// <summary>
/// How many connections a process takes. Kestrel has no limit of its own: idle connections would use up the file descriptors, and .NET ends the
/// process when it gets none for itself.
/// </summary>
internal static class ConnectionLimit
{
    private const int Reserve = 250; // the database's pool, the broker, files, libraries
    private const int Min = 50, Max = 20_000;

    // One that sends a request and does not read the answer took 35 to 40 KiB; so all of them take some 60 % of the memory at most.
    private const int MemoryOfOne = 64 * 1_024;

    /// <summary>Three quarters of the descriptors that the process does not need for itself, one for each 64 KiB of its memory, and at most 20,000.</summary>
    public static int Default() => Math.Min(ForDescriptors(OpenFiles()), ForMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    public static int ForMemory(long bytes) => (int)Math.Clamp(bytes / MemoryOfOne, Min, Max);

    public static int ForDescriptors(long? descriptors) =>
        descriptors is { } count ? (int)Math.Clamp((count - Reserve) * 3 / 4, Min, Max) : Max;

    /// <summary>
    /// One address is not to take all of them: it has three quarters at most, and a reverse proxy that is trusted, behind which are many callers, all.
    /// </summary>
    public static void LimitConnections(this KestrelServerOptions kestrel, ApiOptions options)
    {
        var max = options.MaxConnections ?? Default();
        kestrel.Limits.MaxConcurrentConnections = max;

        // Who does not read an answer keeps little of it in memory, and that not for long: Kestrel's own are 64 KiB and 240 bytes a second.
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

    /// <returns>Null where the limit is not known, or there is none.</returns>
    private static long? OpenFiles()
    {
        const string Limits = "/proc/self/limits", Name = "Max open files";
        if (!File.Exists(Limits))
        {
            return null;
        }

        // "Max open files            1024                 524288               files": the first number is the one in force.
        var line = File.ReadLines(Limits).FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        var columns = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns is [var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
    }
}
