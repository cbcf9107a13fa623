using System.Threading.RateLimiting;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The key of a token bucket.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Number">
/// Derived from the hash of the caller. .NET seeds string hashes randomly in each process, so callers cannot choose a bucket to share.
/// </param>
public readonly record struct Bucket(string Name, int Number)
{
    private const int MaxRefillsPerMinute = 600;

    /// <summary>The bucket of all callers together.</summary>
    public static Bucket Total(string name) => new(name, 0);

    public static Bucket Of(string name, string who, int counters) => new(name, (int)((uint)who.GetHashCode(StringComparison.Ordinal) % (uint)counters));

    public RateLimitPartition<Bucket> WithLimit(int burst, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(this, _ => Options(burst, perMinute));

    /// <summary>Refills one permit at a time, or at more than ten permits a second the permits of 100 ms.</summary>
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
