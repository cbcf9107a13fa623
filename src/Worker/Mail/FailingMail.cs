using System.Collections.Concurrent;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>
/// Fails on purpose for the addresses of <see cref="MailOptions.FailFor"/>, to demonstrate retries, delays, dead letters and
/// redrive. The number of failures of each address is kept in memory until the process stops.
/// </summary>
internal sealed partial class FailingMail : IMailSender
{
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.OrdinalIgnoreCase);
    private readonly IMailSender _inner;
    private readonly MailOptions _options;

    public FailingMail(IMailSender inner, MailOptions options, ILogger<FailingMail> logger)
    {
        (_inner, _options) = (inner, options);
        LogFails(logger, options.FailFor.Count, options.FailTimes);
    }

    public Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        foreach (var mailbox in message.To.Mailboxes.Where(m => _options.FailFor.Contains(m.Address, StringComparer.OrdinalIgnoreCase)))
        {
            if (_failures.AddOrUpdate(mailbox.Address, 1, (_, failures) => Math.Min(failures, _options.FailTimes) + 1) <= _options.FailTimes)
            {
                throw new DeliberateMailFailureException();
            }
        }

        return _inner.SendAsync(message, cancellationToken);
    }

    [LoggerMessage(
        EventId = 3040, EventName = "MailsFailOnPurpose", Level = LogLevel.Warning,
        Message = "Mails to {Count} addresses fail {Times} times each on purpose (Mail:FailFor, Mail:FailTimes); remove these settings in production")]
    private static partial void LogFails(ILogger logger, int count, int times);
}

/// <summary>The address fails on purpose.</summary>
internal sealed class DeliberateMailFailureException() : Exception("This address fails on purpose, by the setting Mail:FailFor.");
