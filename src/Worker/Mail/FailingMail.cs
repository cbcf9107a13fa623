using System.Collections.Concurrent;
using MimeKit;

namespace Messaging.Worker.Mail;

/// <summary>
/// Fails for the addresses of <see cref="MailOptions.FailFor"/>, to be seen failing: attempts, delays, the dead letter and the redrive are those of any
/// other failure. How often it has failed is known as long as the process runs.
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
                throw new MailTriedOutException();
            }
        }

        return _inner.SendAsync(message, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Mails to {Count} addresses fail {Times} times each, to be tried out (Mail:FailFor, Mail:FailTimes)")]
    private static partial void LogFails(ILogger logger, int count, int times);
}

/// <summary>The address is among those that fail on purpose.</summary>
internal sealed class MailTriedOutException() : Exception("This address fails on purpose, by the setting Mail:FailFor.");
