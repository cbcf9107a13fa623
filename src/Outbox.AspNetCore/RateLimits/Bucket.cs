using System.Threading.RateLimiting;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The key of a token bucket: what it counts, and its number.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Number">
/// Derived from the hash of the caller, which .NET seeds randomly in each process, so that callers cannot choose with whom they share a bucket.
/// </param>
public readonly record struct Bucket(string Name, int Number)
{
    private const int MaxRefillsPerMinute = 600;

    /// <summary>The bucket of all callers together.</summary>
    public static Bucket Total(string name) => new(name, 0);

    public static Bucket Of(string name, string who, int counters) => new(name, (int)((uint)who.GetHashCode(StringComparison.Ordinal) % (uint)counters));

    public RateLimitPartition<Bucket> WithLimit(int burst, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(this, _ => Options(burst, perMinute));

    /// <summary>Refills one permit at a time; above ten permits a second, the permits of a tenth of a second.</summary>
    internal static TokenBucketRateLimiterOptions Options(int burst, int perMinute)
    {
        var permits = ((perMinute - 1) / MaxRefillsPerMinute) + 1;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = permits,
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)permits / perMinute),
            QueueLimit = 0,
            AutoReplenishment = false, // the partitioned limiter replenishes with one timer
        };
    }
}
