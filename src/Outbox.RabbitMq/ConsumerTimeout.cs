using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>
/// The broker's consumer timeout: the time after which the broker closes the channel of an unacknowledged delivery and redelivers
/// all messages of that channel.
/// </summary>
internal static partial class ConsumerTimeout
{
    /// <summary>The queue argument. Brokers before 3.12 ignore it.</summary>
    public const string Argument = "x-consumer-timeout";

    private static readonly Version FirstWithArgument = new(3, 12);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The timeout that the queue needs, so that the broker does not end a delivery before the retry policy does; null if the
    /// broker's default is long enough. It covers the whole prefetch count, because a delivery may wait for all others.
    /// </summary>
    public static TimeSpan? NeededBy(RetryOptions retry, int prefetch, TimeSpan ofBroker) =>
        HeldBy(retry) is var held && held > ofBroker ? (held * Math.Max(1, prefetch)) + Margin : null;

    /// <summary>Throws if the policy needs a longer timeout and the broker cannot set one for a single queue.</summary>
    /// <exception cref="OutboxConfigurationException">The broker supports no timeout for a single queue.</exception>
    public static void EnsureSupported(string queue, RetryOptions retry, TimeSpan ofBroker, Version? version)
    {
        if (version is not null && version < FirstWithArgument)
        {
            throw new OutboxConfigurationException(
                $"Queue {queue}: an attempt and its immediate retries may hold a delivery for {HeldBy(retry):c} (TimeLimit {retry.TimeLimit:c}, ImmediateRetries "
                + $"{retry.ImmediateRetries}), but the broker redelivers it after {ofBroker:c}, and RabbitMQ {version} does not support a timeout for a single queue. Lower them, split the "
                + "work into parts, or set consumer_timeout in rabbitmq.conf (milliseconds) and RabbitMq:ConsumerTimeout to the same value.");
        }
    }

    /// <summary>The version of the broker; null if it is not reported or cannot be parsed.</summary>
    public static Version? VersionOf(IConnection connection) =>
        connection.ServerProperties is { } properties && properties.TryGetValue("version", out var value) && value is byte[] bytes
        && Version.TryParse(Encoding.UTF8.GetString(bytes).Split('-', '+')[0], out var version)
            ? version
            : null;

    /// <summary>The timeout that closed a channel; null if the channel was closed for another reason.</summary>
    public static TimeSpan? FromCloseReason(string? reason) =>
        reason is not null && CloseReason().Match(reason) is { Success: true } match
            ? TimeSpan.FromMilliseconds(long.Parse(match.Groups["ms"].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    private static TimeSpan HeldBy(RetryOptions retry) => retry.TimeLimit * (Math.Min(retry.ImmediateRetries, retry.MaxAttempts - 1) + 1);

    [GeneratedRegex(@"delivery acknowledgement on channel \d+ timed out\. Timeout value used: (?<ms>\d{1,15}) ms", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CloseReason();
}
