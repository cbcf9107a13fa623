using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Messaging.ServiceDefaults.Mail;

/// <summary>
/// The mailbox that an address leads to, as far as its spelling tells: <c>Victim+7@Example.org</c> is <c>victim@example.org</c>. What limits
/// mails counts by it, since one inbox has any number of addresses. Mails still go to the address as it was given.
/// </summary>
public sealed record CanonicalMailbox(string Local, string Domain)
{
    /// <summary>Providers with several domains for one mailbox.</summary>
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

    /// <summary>What providers pass over in the local part.</summary>
    private static readonly FrozenDictionary<string, string[]> PassedOver = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["gmail.com"] = ["."],
        ["proton.me"] = [".", "-", "_"],
        ["yandex.ru"] = [".", "-"], // which are the same letter there
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly IdnMapping Idn = new();

    /// <param name="address">An address with an <c>@</c>; it may be written in any case, and its domain in Unicode.</param>
    public static CanonicalMailbox Of(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var at = address.LastIndexOf('@');
        var (local, domain) = (address[..Math.Max(at, 0)].ToLowerInvariant(), DomainOf(address[(at + 1)..]));

        // A tag begins at the first plus, at every provider that has tags; at the others nobody has a plus in the name.
        var tag = local.IndexOf('+', StringComparison.Ordinal);
        local = tag > 0 ? local[..tag] : local;
        var name = PassedOver.GetValueOrDefault(domain, []).Aggregate(local, (rest, sign) => rest.Replace(sign, "", StringComparison.Ordinal));
        return new CanonicalMailbox(name, domain);
    }

    /// <summary>What is stored in place of the mailbox: also an address that nobody registered is counted, and is nobody's to keep.</summary>
    public byte[] Hash() => HashOf(ToString());

    /// <summary>The same for the domain alone.</summary>
    public byte[] DomainHash() => HashOf(Domain);

    /// <inheritdoc />
    public override string ToString() => $"{Local}@{Domain}";

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>The domain as it is compared: in lower case and ASCII, and one of a provider for all that it has.</summary>
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
