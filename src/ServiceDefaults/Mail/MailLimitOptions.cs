using System.ComponentModel.DataAnnotations;

namespace Messaging.ServiceDefaults.Mail;

/// <summary>
/// The mails that anybody can cause by naming an address: about a registration, and about a forgotten password. What is over is not sent.
/// Section <c>RateLimits</c>, which the API shares; the counts are in the database, so they hold for all workers together.
/// </summary>
public sealed class MailLimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RateLimits";

    /// <summary>Mails of each of the two kinds to one mailbox in an hour, however its address is written. Default 3.</summary>
    [Range(1, 1_000_000)]
    public int MailsPerHour { get; set; } = 3;

    /// <summary>The same in a day. Default 10.</summary>
    [Range(1, 1_000_000)]
    public int MailsPerDay { get; set; } = 10;

    /// <summary>
    /// Mails of both kinds to all mailboxes of a domain in an hour, of which half is for owners who have confirmed their address. Default 200.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int MailsPerDomainPerHour { get; set; } = 200;

    /// <summary>
    /// Domains at which anybody can have a mailbox, and which have no limit by domain, besides the large providers. Default none.
    /// </summary>
    public IList<string> SharedDomains { get; } = [];
}
