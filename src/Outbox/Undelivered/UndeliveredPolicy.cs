using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Undelivered;

/// <summary>
/// What becomes of a message that could not be sent: it is tried again, more and more seldom, its task says why if that is the message's own
/// fault, and after <see cref="OutboxOptions.UndeliverableAfter"/> of that it is a dead letter.
/// </summary>
internal sealed class UndeliveredPolicy(OutboxOptions options, DeadLetterFactory letters)
{
    /// <summary>The longest pause for what no queue takes: a worker may start at any time, but a backlog is not to keep the broker busy.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public SendFailure Judge(UnsentMessage unsent)
    {
        var (message, exception, isOwn) = unsent;
        var longest = isOwn && LongestPause > options.MaxSendDelay ? LongestPause : options.MaxSendDelay;
        var error = exception is NoQueueException ? FailureText.OfOptional(exception.Message)! : FailureText.Of(exception);
        var failure = new SendFailure(message, PauseAfter(message.Attempts, longest) * RetryOptions.Jitter(), error);
        if (!isOwn)
        {
            // A row says how often it was tried, and that is taken for time (Elapsed): an hour without the broker is none of its own.
            return PauseAfter(message.Attempts, longest) < longest ? failure : failure with { Message = message with { Attempts = message.Attempts - 1 } };
        }

        var headers = HeadersOf(message);
        return failure with
        {
            TaskId = headers.TaskId,
            Undeliverable = Elapsed(message.Attempts, longest) >= options.UndeliverableAfter
                ? new UndeliveredMessage(letters.Create(message, failure.Error), headers.Redrives, headers.HasSuccessors, headers.Consumers)
                : null,
        };
    }

    /// <summary>The pauses so far, without jitter: a row does not say since when it is tried, but how often.</summary>
    private static TimeSpan Elapsed(int attempts, TimeSpan longest)
    {
        var sum = TimeSpan.Zero;
        var doubling = Math.Min(attempts, 32);
        for (var i = 0; i < doubling; i++)
        {
            sum += PauseAfter(i, longest);
        }

        return sum + (longest * (attempts - doubling));
    }

    private static TimeSpan PauseAfter(int attempts, TimeSpan longest) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(attempts, 30)), longest.TotalSeconds));

    private static (Guid? TaskId, int Redrives, bool HasSuccessors, string? Consumers) HeadersOf(OutboxMessage message)
    {
        var headers = MessageMetadata.TryFromJson(message.Metadata)?.Headers ?? [];
        return (
            Guid.TryParse(Text(OutboxHeaders.TaskId), out var id) ? id : null,
            int.TryParse(Text(OutboxHeaders.Redrives), System.Globalization.CultureInfo.InvariantCulture, out var redrives) ? redrives : 0,
            headers.ContainsKey(OutboxHeaders.HasSuccessors),
            Text(OutboxHeaders.Consumers));

        string? Text(string name) => headers.TryGetValue(name, out var value) ? HeaderText.Of(value) : null;
    }
}
