using System.Threading.RateLimiting;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>A counter of a limiter: what it counts, and which of its counters it is.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Number">
/// By the hash of who is counted, which .NET seeds anew in each process: nobody can choose with whom to share.
/// </param>
internal readonly record struct Bucket(string Name, int Number)
{
    private const int MaxRefillsPerMinute = 600;

    /// <summary>The one for all callers together.</summary>
    public static Bucket Total(string name) => new(name, 0);

    public static Bucket Of(string name, string who, int counters) => new(name, (int)((uint)who.GetHashCode(StringComparison.Ordinal) % (uint)counters));

    public RateLimitPartition<Bucket> WithLimit(int burst, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(this, _ => Options(burst, perMinute));

    /// <summary>A permit at a time; of more than ten a second, those of a tenth of a second.</summary>
    internal static TokenBucketRateLimiterOptions Options(int burst, int perMinute)
    {
        var permits = ((perMinute - 1) / MaxRefillsPerMinute) + 1;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = permits,
            ReplenishmentPeriod = TimeSpan.FromMinutes((double)permits / perMinute),
            QueueLimit = 0,
            AutoReplenishment = false, // its partitioned limiter does it, with one timer
        };
    }
}
