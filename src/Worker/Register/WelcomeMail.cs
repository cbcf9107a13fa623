using System.Net;
using Messaging.Contracts;
using Messaging.Worker.Mail;
using Messaging.Worker.Passwords;

namespace Messaging.Worker.Register;

/// <summary>What the welcome mail says.</summary>
internal static class WelcomeMail
{
    public static MailContent Content(UserRegistered user, PasswordLink link)
    {
        var greeting = user.DisplayName is { } name ? $"Welcome, {name}!" : "Welcome!";
        return new MailContent(
            "Welcome",
            $"""
            {greeting}

            Your registration has arrived. This link confirms your address and sets your password, once, until {link.ExpiresAtText}:

            {link.Url}

            If it was not you who registered, you can ignore this mail.
            """,
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <h1>{WebUtility.HtmlEncode(greeting)}</h1>
            <p>Your registration has arrived.</p>
            <p><a href="{WebUtility.HtmlEncode(link.Url)}">Confirm your address and set your password</a> (once, until {link.ExpiresAtText})</p>
            <p>If it was not you who registered, you can ignore this mail.</p>
            </body>
            </html>
            """);
    }
}
