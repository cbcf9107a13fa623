using System.Net;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;

namespace Messaging.Worker.Register;

/// <summary>The welcome mail. It contains no text from the registration: somebody else may have entered the address.</summary>
internal static class WelcomeMail
{
    public static MailContent Content(PasswordLink link) => new(
        "Welcome",
        $"""
        Welcome!

        Your registration has arrived. This link confirms your address and sets your password, once, until {link.ExpiresAtText}:

        {link.Url}

        If it was not you who registered, you can ignore this mail.
        """,
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <body style="font-family: sans-serif">
        <h1>Welcome!</h1>
        <p>Your registration has arrived.</p>
        <p><a href="{WebUtility.HtmlEncode(link.Url)}">Confirm your address and set your password</a> (once, until {link.ExpiresAtText})</p>
        <p>If it was not you who registered, you can ignore this mail.</p>
        </body>
        </html>
        """);
}
