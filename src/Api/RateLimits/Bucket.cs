using System.Threading.RateLimiting;

namespace Messaging.Api.RateLimits;

/// <summary>A counter of a limiter: what it counts, and which of its counters it is.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Number">
/// By the hash of who is counted, which .NET seeds anew in each process: nobody can choose with whom to share.
/// </param>
internal readonly record struct Bucket(string Name, int Number)
{
    /// <summary>The one for all callers together.</summary>
    public static Bucket Total(string name) => new(name, 0);

    public static Bucket Of(string name, string who, int counters) => new(name, (int)((uint)who.GetHashCode(StringComparison.Ordinal) % (uint)counters));

    public RateLimitPartition<Bucket> WithLimit(int burst, int perMinute) =>
        RateLimitPartition.GetTokenBucketLimiter(this, _ => Options(burst, perMinute));

    private static TokenBucketRateLimiterOptions Options(int burst, int perMinute)
    {
        // As often as is worth while: a permit at a time, or ten times a second.
        var period = TimeSpan.FromMinutes(1.0 / Math.Min(perMinute, 600));
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = Math.Min(burst, (int)Math.Ceiling(perMinute * period.TotalMinutes)),
            ReplenishmentPeriod = period,
            QueueLimit = 0,
            AutoReplenishment = false, // its partitioned limiter does it, with one timer
        };
    }
}
