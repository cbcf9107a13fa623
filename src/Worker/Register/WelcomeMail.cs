using System.Net;
using Messaging.Contracts;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Register;

/// <summary>What the welcome mail says.</summary>
internal static class WelcomeMail
{
    public static MailContent Content(UserRegistered user)
    {
        var greeting = user.DisplayName is { } name ? $"Welcome, {name}!" : "Welcome!";
        return new MailContent(
            "Welcome",
            $"""
            {greeting}

            Your registration has arrived, and your account is ready.

            If it was not you who registered, you can ignore this mail.
            """,
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <h1>{WebUtility.HtmlEncode(greeting)}</h1>
            <p>Your registration has arrived, and your account is ready.</p>
            <p>If it was not you who registered, you can ignore this mail.</p>
            </body>
            </html>
            """);
    }
}
