using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore.RateLimits;

/// <summary>How many requests are taken, by whom; section <c>RateLimits</c>, which the worker shares. What is over is a 429.</summary>
/// <remarks>Each process counts for itself: several take as many times as much. Mails are counted in the database.</remarks>
internal sealed class RateLimitOptions : IValidatableObject
{
    public const string Section = "RateLimits";

    /// <summary>Whether this process limits at all; false where a gateway in front of it does. Mails stay limited. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Counters of each kind. Callers and mailboxes are spread over them, so that memory has a bound however many there are; those that meet in one
    /// share it. Default 16,384.
    /// </summary>
    [Range(64, 1_048_576)]
    public int Counters { get; set; } = 16_384;

    /// <summary>Registrations, forgotten passwords and resets. Default 60 at once and 30 a minute; of all callers 3,000 and 3,000.</summary>
    public RouteLimit Accounts { get; set; } = new() { Burst = 60, PerMinute = 30, TotalBurst = 3_000, TotalPerMinute = 3_000 };

    /// <summary><c>POST /log</c>. Default 1,000 at once and 6,000 a minute; of all callers 20,000 and 300,000.</summary>
    public RouteLimit Logs { get; set; } = new() { Burst = 1_000, PerMinute = 6_000, TotalBurst = 20_000, TotalPerMinute = 300_000 };

    /// <summary>
    /// Tasks, their events, pages and links, and what is refused for want of a key. Default 300 at once and 1,800 a minute; of all callers 10,000
    /// and 120,000.
    /// </summary>
    public RouteLimit Reads { get; set; } = new() { Burst = 300, PerMinute = 1_800, TotalBurst = 10_000, TotalPerMinute = 120_000 };

    /// <summary><c>/health</c>. Default 300 at once and 3,000 a minute; there is none of all callers.</summary>
    public CallerLimit Health { get; set; } = new() { Burst = 300, PerMinute = 3_000 };

    /// <summary>All requests with one access key, whatever the route. Default 20,000 at once and 600,000 a minute.</summary>
    public CallerLimit Keys { get; set; } = new() { Burst = 20_000, PerMinute = 600_000 };

    /// <summary>Registrations and forgotten passwords of one mailbox, however its address is written. Default 30 at once and 1 a minute.</summary>
    public CallerLimit Mailbox { get; set; } = new() { Burst = 30, PerMinute = 1 };

    /// <summary>The same of one domain at which not everybody can have a mailbox. Default 500 at once and 60 a minute.</summary>
    public CallerLimit Domain { get; set; } = new() { Burst = 500, PerMinute = 60 };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, limit) in new (string, CallerLimit)[]
        {
            (nameof(Accounts), Accounts), (nameof(Logs), Logs), (nameof(Reads), Reads), (nameof(Health), Health),
            (nameof(Keys), Keys), (nameof(Mailbox), Mailbox), (nameof(Domain), Domain),
        })
        {
            var problems = new List<ValidationResult>();
            Validator.TryValidateObject(limit, new ValidationContext(limit), problems, validateAllProperties: true);
            foreach (var problem in problems)
            {
                yield return new ValidationResult($"{Section}:{name}: {problem.ErrorMessage}", [name]);
            }
        }
    }
}

/// <summary>A bucket of permits that fills again.</summary>
internal class CallerLimit
{
    /// <summary>Requests at once.</summary>
    [Range(1, 1_000_000_000)]
    public int Burst { get; set; }

    /// <summary>How many of them come back in a minute.</summary>
    [Range(1, 1_000_000_000)]
    public int PerMinute { get; set; }
}

/// <summary>One for each caller, and one for all of them.</summary>
internal sealed class RouteLimit : CallerLimit
{
    /// <summary>Requests of all callers at once.</summary>
    [Range(1, 1_000_000_000)]
    public int TotalBurst { get; set; }

    /// <summary>How many of them come back in a minute.</summary>
    [Range(1, 1_000_000_000)]
    public int TotalPerMinute { get; set; }
}
