using System.Collections.Frozen;

namespace Messaging.ServiceDefaults.Mail;

/// <summary>
/// Domains of public mail providers. They have no limit by domain: a caller that used it up would block all other users of the
/// provider, and such a provider can handle the load.
/// </summary>
public static class SharedDomains
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com", "icloud.com", "me.com", "mac.com",
        "proton.me", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "mail.com",
        "zoho.com", "fastmail.com", "hey.com", "tutanota.com", "orange.fr", "free.fr", "laposte.net", "libero.it", "yahoo.co.uk", "yahoo.co.jp",
        "yahoo.fr", "yahoo.de", "hotmail.co.uk", "hotmail.fr", "btinternet.com", "comcast.net", "verizon.net", "att.net", "qq.com", "163.com", "126.com",
        "naver.com", "mail.ru", "yandex.ru", "wp.pl", "seznam.cz", "uol.com.br", "bigpond.com");

    /// <param name="mailbox">The mailbox.</param>
    /// <param name="further">Additional domains from the settings.</param>
    public static bool Contains(CanonicalMailbox mailbox, IEnumerable<string> further)
    {
        ArgumentNullException.ThrowIfNull(mailbox);
        return Known.Contains(mailbox.Domain) || further.Any(domain => CanonicalMailbox.DomainOf(domain) == mailbox.Domain);
    }
}
