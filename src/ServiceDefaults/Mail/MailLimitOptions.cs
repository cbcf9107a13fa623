using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Mail;

/// <summary>
/// Limits of the mails that any caller can trigger by entering an address: after a registration, and for a forgotten password. Mails
/// over a limit are not sent. Section <c>RateLimits</c>, shared with the API; the counts are in the database, so the limits hold
/// for all workers together.
/// </summary>
public sealed class MailLimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RateLimits";

    /// <summary>Mails of each of the two kinds to one mailbox per hour, however its address is written. Default 3.</summary>
    [Range(1, 1_000_000)]
    public int MailsPerHour { get; set; } = 3;

    /// <summary>Mails of each kind to one mailbox per day. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int MailsPerDay { get; set; } = 10;

    /// <summary>
    /// Mails of both kinds to all mailboxes of a domain per hour; half of it is reserved for owners with a confirmed address.
    /// Default 200.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int MailsPerDomainPerHour { get; set; } = 200;

    /// <summary>
    /// Domains of further public mail providers, besides the large ones, which have no limit by domain. Default none.
    /// </summary>
    public IList<string> SharedDomains { get; } = [];
}
