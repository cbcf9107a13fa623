using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Messaging.Api.Tests.Passwords;

/// <summary>Finds the link in a mail, as its reader does.</summary>
internal static partial class PasswordLink
{
    public static string TokenOf(string mail) => Token().Match(Parse(mail).TextBody!).Value;

    public static MimeMessage Parse(string mail) => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail)));

    [GeneratedRegex("(?<=/password/reset#token=)[A-Za-z0-9_-]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Token();
}
