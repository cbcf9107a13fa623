using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;

namespace Messaging.Api.Exports;

/// <summary>The entries to export; all of them without a body.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ExportRequest : IValidatableObject
{
    /// <summary>Entries from this time on. Default: from the oldest.</summary>
    public Moment? From { get; init; }

    /// <summary>
    /// Entries before this time, which must not be in the future. Default: now. Entries that a worker has not written to the log
    /// yet are not included.
    /// </summary>
    public Moment? Before { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var now = validationContext.GetRequiredService<StoreClock>().GetUtcNow();
        return Before?.Value > now ? [new("must not be in the future: nothing is logged then yet.", ["before"])]
            : From?.Value >= (Before?.Value ?? now) ? [new("must be earlier than 'before', or than now.", ["from"])]
            : [];
    }
}
