using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>
/// Rate limits of requests; section <c>RateLimits</c>. Requests over a limit are answered with 429.
/// </summary>
/// <remarks>
/// Each process counts by itself, so several processes accept several times as many requests.
/// </remarks>
public sealed class RateLimitOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "RateLimits";

    /// <summary>
    /// Whether this process limits requests; set it to false if a gateway in front of it does. Mails are always limited. Default
    /// true.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The number of token buckets of each kind. Callers and mailboxes are distributed over them, so that memory is bounded;
    /// those in the same bucket share it. Default 16,384.
    /// </summary>
    [Range(64, 1_048_576)]
    public int Counters { get; set; } = 16_384;

    /// <summary>
    /// Registrations, forgotten passwords and resets. Default: burst 60 and 30 a minute; for all callers together 3,000 and
    /// 3,000.
    /// </summary>
    public RouteLimit Accounts { get; set; } = new() { Burst = 60, PerMinute = 30, TotalBurst = 3_000, TotalPerMinute = 3_000 };

    /// <summary><c>POST /log</c>. Default: burst 1,000 and 6,000 a minute; for all callers together 20,000 and 300,000.</summary>
    public RouteLimit Logs { get; set; } = new() { Burst = 1_000, PerMinute = 6_000, TotalBurst = 20_000, TotalPerMinute = 300_000 };

    /// <summary>
    /// Tasks, their events, pages and links, and requests that are refused because they lack a key. Default: burst 300 and 1,800
    /// a minute; for all callers together 10,000 and 120,000.
    /// </summary>
    public RouteLimit Reads { get; set; } = new() { Burst = 300, PerMinute = 1_800, TotalBurst = 10_000, TotalPerMinute = 120_000 };

    /// <summary><c>/health</c>. Default: burst 300 and 3,000 a minute; no limit for all callers together.</summary>
    public CallerLimit Health { get; set; } = new() { Burst = 300, PerMinute = 3_000 };

    /// <summary>All requests with one access key, on any route. Default: burst 20,000 and 600,000 a minute.</summary>
    public CallerLimit Keys { get; set; } = new() { Burst = 20_000, PerMinute = 600_000 };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => CallerLimit.Problems(
        Section, (nameof(Accounts), Accounts), (nameof(Logs), Logs), (nameof(Reads), Reads), (nameof(Health), Health), (nameof(Keys), Keys));
}

/// <summary>The limit of one caller: a token bucket.</summary>
public class CallerLimit
{
    /// <summary>The size of the bucket: requests that are possible at once.</summary>
    [Range(1, 1_000_000_000)]
    public int Burst { get; set; }

    /// <summary>The number of requests by which the bucket refills per minute.</summary>
    [Range(1, 1_000_000_000)]
    public int PerMinute { get; set; }

    /// <summary>Validates the limits of a section.</summary>
    public static IEnumerable<ValidationResult> Problems(string section, params IEnumerable<(string Name, CallerLimit Limit)> limits)
    {
        foreach (var (name, limit) in limits)
        {
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(limit, new ValidationContext(limit), problems, validateAllProperties: true);
            foreach (var problem in problems)
            {
                yield return new ValidationResult($"{section}:{name}: {problem.ErrorMessage}", [name]);
            }
        }
    }
}

/// <summary>The limits of a route: one for each caller, and one for all callers together.</summary>
public sealed class RouteLimit : CallerLimit
{
    /// <summary>The size of the bucket of all callers together.</summary>
    [Range(1, 1_000_000_000)]
    public int TotalBurst { get; set; }

    /// <summary>The number of requests by which that bucket refills per minute.</summary>
    [Range(1, 1_000_000_000)]
    public int TotalPerMinute { get; set; }
}
