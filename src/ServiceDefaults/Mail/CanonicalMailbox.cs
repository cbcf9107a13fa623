using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.ServiceDefaults.Mail;

/// <summary>
/// The mailbox that an address is delivered to, as far as its spelling shows: <c>Victim+7@Example.org</c> is
/// <c>victim@example.org</c>. Mail limits count mailboxes, because one mailbox has any number of addresses. Mails are still sent
/// to the address as it was entered.
/// </summary>
public sealed record CanonicalMailbox(string Local, string Domain)
{
    /// <summary>Providers that have several domains for one mailbox.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["googlemail.com"] = "gmail.com",
        ["protonmail.com"] = "proton.me",
        ["protonmail.ch"] = "proton.me",
        ["pm.me"] = "proton.me",
        ["me.com"] = "icloud.com",
        ["mac.com"] = "icloud.com",
        ["ya.ru"] = "yandex.ru",
        ["yandex.com"] = "yandex.ru",
        ["yandex.by"] = "yandex.ru",
        ["yandex.kz"] = "yandex.ru",
        ["narod.ru"] = "yandex.ru",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Characters that providers ignore in the local part.</summary>
    private static readonly FrozenDictionary<string, string[]> IgnoredCharacters = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["gmail.com"] = ["."],
        ["proton.me"] = [".", "-", "_"],
        ["yandex.ru"] = [".", "-"], // the provider treats both as the same character
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly IdnMapping Idn = new();

    /// <param name="address">An address with an <c>@</c>, in any case; the domain may be in Unicode.</param>
    public static CanonicalMailbox Of(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        var (local, domain) = (address[..Math.Max(at, 0)].ToLowerInvariant(), DomainOf(address[(at + 1)..]));

        // A plus starts a tag at every provider that supports tags; at the others local parts do not contain a plus.
        var tag = local.IndexOf('+', StringComparison.Ordinal);
        local = tag > 0 ? local[..tag] : local;
        var name = IgnoredCharacters.GetValueOrDefault(domain, []).Aggregate(local, (rest, sign) => rest.Replace(sign, "", StringComparison.Ordinal));
        return new CanonicalMailbox(name, domain);
    }

    /// <summary>
    /// The hash that is stored in place of the mailbox: unregistered addresses are counted too, and should not be stored.
    /// </summary>
    public byte[] Hash() => HashOf(ToString());

    /// <summary>The hash of the domain alone.</summary>
    public byte[] DomainHash() => HashOf(Domain);

    /// <inheritdoc />
    public override string ToString() => $"{Local}@{Domain}";

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The domain in the form that is compared: lower case, ASCII, and the same one for all domains of a provider.</summary>
    internal static string DomainOf(string domain)
    {
        var ascii = ToAscii(domain).ToLowerInvariant();
        return Aliases.GetValueOrDefault(ascii, ascii);
    }

    private static string ToAscii(string domain)
    {
        try
        {
            return Idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            return domain;
        }
    }
}
