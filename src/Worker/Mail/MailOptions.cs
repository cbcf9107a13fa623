using System.ComponentModel.DataAnnotations;
using MailKit.Security;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>Settings of the mail server; section <c>Mail</c>.</summary>
internal sealed class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    /// <summary>The SMTP server. Default <c>localhost</c>.</summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The SMTP port. Default 587.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>
    /// <c>StartTls</c> (the default; the server has to support it), <c>SslOnConnect</c>, or <c>None</c> for a server on the same
    /// machine.
    /// </summary>
    public SecureSocketOptions Security { get; set; } = SecureSocketOptions.StartTls;

    /// <summary>The user name. Empty for a server without login.</summary>
    public string? Username { get; set; }

    /// <summary>The password of <see cref="Username"/>.</summary>
    public string? Password { get; set; }

    /// <summary>The sender. Default <c>Messaging &lt;no-reply@messaging.example&gt;</c>.</summary>
    [Required]
    public string From { get; set; } = "Messaging <no-reply@messaging.example>";

    /// <summary>How long one attempt may take, from connecting to the last reply. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Further attempts after a transient failure. Default 2.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>The delay before the first retry; it doubles, with jitter. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The ratio of failures from which on the circuit opens. Default 0.5.</summary>
    [Range(0.01, 1)]
    public double BreakAtFailureRatio { get; set; } = 0.5;

    /// <summary>How long failures are sampled. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakSampling { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The minimum number of attempts in that time for the circuit to open. Default 10.</summary>
    [Range(2, 10_000)]
    public int BreakMinimumAttempts { get; set; } = 10;

    /// <summary>How long the circuit stays open. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Addresses for which every mail fails, to try out error handling. Default none.</summary>
    public IList<string> FailFor { get; set; } = [];

    /// <summary>How many times the mails to each of these addresses fail before they are sent. Default: always.</summary>
    [Range(1, 1_000_000)]
    public int FailTimes { get; set; } = 1_000_000;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!MailboxAddress.TryParse(From, out _))
        {
            yield return new ValidationResult($"Mail:From ('{From}') is not an address.", [nameof(From)]);
        }
    }
}
