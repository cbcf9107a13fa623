using System.Globalization;
using Messaging.Worker.Mail;

namespace Messaging.Worker.Passwords;

/// <summary>The mail about a changed password.</summary>
internal static class PasswordChangedMail
{
    public static MailContent Content(DateTimeOffset changedAt)
    {
        var when = changedAt.ToUniversalTime().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return new MailContent(
            "Your password was set",
            $"""
            The password of your account was set on {when}. If that was you, there is nothing to do.

            If it was not you, someone can read your mail: secure your mailbox first, then ask for a new password.
            """,
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <body style="font-family: sans-serif">
            <p>The password of your account was set on {when}. If that was you, there is nothing to do.</p>
            <p>If it was not you, someone can read your mail: secure your mailbox first, then ask for a new password.</p>
            </body>
            </html>
            """);
    }
}
