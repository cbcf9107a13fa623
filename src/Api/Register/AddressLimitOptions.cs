using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Register;

/// <summary>How many requests may name an address; part of the section <c>RateLimits</c>.</summary>
internal sealed class AddressLimitOptions : IValidatableObject
{
    /// <summary>Registrations and forgotten passwords of one mailbox, however its address is written. Default 30 at once and 1 a minute.</summary>
    public CallerLimit Mailbox { get; set; } = new() { Burst = 30, PerMinute = 1 };

    /// <summary>The same of one domain at which not everybody can have a mailbox. Default 500 at once and 60 a minute.</summary>
    public CallerLimit Domain { get; set; } = new() { Burst = 500, PerMinute = 60 };

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        CallerLimit.Problems(RateLimitOptions.Section, (nameof(Mailbox), Mailbox), (nameof(Domain), Domain));
}
