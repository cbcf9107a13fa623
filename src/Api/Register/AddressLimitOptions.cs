using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Register;

/// <summary>Limits of requests that name an email address; part of the section <c>RateLimits</c>.</summary>
internal sealed class AddressLimitOptions : IValidatableObject
{
    /// <summary>
    /// Registrations and password resets for one mailbox, however its address is written. Default: a burst of 30, and 1 per
    /// minute.
    /// </summary>
    public CallerLimit Mailbox { get; set; } = new() { Burst = 30, PerMinute = 1 };

    /// <summary>The same for one domain, unless anyone can have a mailbox there. Default: a burst of 500, and 60 per minute.</summary>
    public CallerLimit Domain { get; set; } = new() { Burst = 500, PerMinute = 60 };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        CallerLimit.Problems(RateLimitOptions.Section, (nameof(Mailbox), Mailbox), (nameof(Domain), Domain));
}
