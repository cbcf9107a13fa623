using Messaging.Worker.Mail;

namespace Messaging.Worker.Register;

/// <summary>What the owner of an address reads when it is registered again.</summary>
internal static class RepeatedRegistrationMail
{
    public static MailContent Content() => new(
        "You already have an account",
        """
        Someone, probably you, tried to register with this address. You already have an account, and nothing has changed.

        If you forgot your password, ask for a new one where you would log in (POST /password/forgot).

        If it was not you, you can ignore this mail.
        """,
        """
        <!DOCTYPE html>
        <html lang="en">
        <body style="font-family: sans-serif">
        <p>Someone, probably you, tried to register with this address. You already have an account, and nothing has changed.</p>
        <p>If you forgot your password, ask for a new one where you would log in (<code>POST /password/forgot</code>).</p>
        <p>If it was not you, you can ignore this mail.</p>
        </body>
        </html>
        """);
}
