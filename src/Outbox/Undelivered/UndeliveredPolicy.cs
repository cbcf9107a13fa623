using Messaging.Outbox.DeadLetters;
using Messaging.Outbox.Store;
using Messaging.Outbox.Transport;

namespace Messaging.Outbox.Undelivered;

/// <summary>
/// Decides what happens to a message that could not be sent. It is retried with growing delays. If the message itself is the
/// cause, its task shows the error, and after <see cref="OutboxOptions.UndeliverableAfter"/> it becomes a dead letter.
/// </summary>
internal sealed class UndeliveredPolicy(OutboxOptions options, DeadLetterFactory letters)
{
    /// <summary>
    /// The longest delay for messages without a queue: a worker may start at any time, but retrying a backlog must not load the
    /// broker.
    /// </summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>What no message that could not be sent waits longer than, with jitter.</summary>
    public static TimeSpan LongestPauseOf(OutboxOptions options) => (LongestPause > options.MaxSendDelay ? LongestPause : options.MaxSendDelay) * Jitter.Longest;

    public SendFailure Decide(UnsentMessage unsent)
    {
        var (message, exception, isOwn) = unsent;
        var longest = isOwn && LongestPause > options.MaxSendDelay ? LongestPause : options.MaxSendDelay;
        var error = exception is NoQueueException ? FailureText.OfOptional(exception.Message)! : FailureText.Of(exception);
        var failure = new SendFailure(message, PauseAfter(message.Attempts, longest) * Jitter.Factor(), error);
        if (!isOwn)
        {
            // A row stores only its number of attempts, from which the elapsed time is derived (Elapsed). A broker outage must
            // not count.
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

    /// <summary>The delays so far, without jitter: a row stores the number of attempts, and not the time of the first one.</summary>
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
