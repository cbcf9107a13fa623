using System.Net;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Passwords;

/// <summary>The mail to a user who forgot the password.</summary>
internal static class PasswordForgottenMail
{
    public static MailContent Content(PasswordLink link) => new(
        "Set a new password",
        $"""
        Someone, probably you, asked for a new password. This link sets it, once, until {link.ExpiresAtText}:

        {link.Url}

        If it was not you, you can ignore this mail: your password is as it was.
        """,
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <body style="font-family: sans-serif">
        <p>Someone, probably you, asked for a new password.</p>
        <p><a href="{WebUtility.HtmlEncode(link.Url)}">Set a new password</a> (once, until {link.ExpiresAtText})</p>
        <p>If it was not you, you can ignore this mail: your password is as it was.</p>
        </body>
        </html>
        """);
}
