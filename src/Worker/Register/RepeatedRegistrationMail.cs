using System.Net;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;

namespace Messaging.Worker.Register;

/// <summary>The mail to the owner of an address that was registered again.</summary>
internal static class RepeatedRegistrationMail
{
    public static MailContent Content(PasswordLink link) => new(
        "You already have an account",
        $"""
        Someone, probably you, tried to register with this address. You already have an account, and nothing has changed.

        If you forgot your password, or never set one, this link sets it, once, until {link.ExpiresAtText}:

        {link.Url}

        If it was not you, you can ignore this mail.
        """,
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <body style="font-family: sans-serif">
        <p>Someone, probably you, tried to register with this address. You already have an account, and nothing has changed.</p>
        <p>If you forgot your password, or never set one: <a href="{WebUtility.HtmlEncode(link.Url)}">set a new password</a> (once, until {link.ExpiresAtText})</p>
        <p>If it was not you, you can ignore this mail.</p>
        </body>
        </html>
        """);
}
