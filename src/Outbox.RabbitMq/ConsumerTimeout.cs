using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MassTransit;
using RabbitMQ.Client;

namespace Messaging.Outbox.RabbitMq;

/// <summary>How long the broker leaves a delivery without an answer, before it closes the channel and gives everything on it to others.</summary>
internal static partial class ConsumerTimeout
{
    /// <summary>The queue argument. Brokers before 3.12 take no notice of it.</summary>
    public const string Argument = "x-consumer-timeout";

    private static readonly Version FirstWithArgument = new(3, 12);
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What the queue has to be declared with, so that no delivery is ended before its policy ends it; null where the broker's own is enough. One that was
    /// handed over in advance may wait for all the others.
    /// </summary>
    public static TimeSpan? NeededBy(RetryOptions retry, int prefetch, TimeSpan ofBroker) =>
        HeldBy(retry) is var held && held > ofBroker ? (held * Math.Max(1, prefetch)) + Margin : null;

    /// <summary>Refuses a policy that this broker would break.</summary>
    /// <exception cref="ConfigurationException">The broker has one timeout for all queues.</exception>
    public static void EnsureSupported(string queue, RetryOptions retry, TimeSpan ofBroker, Version? version)
    {
        if (version is not null && version < FirstWithArgument)
        {
            throw new ConfigurationException(
                $"Queue {queue}: an attempt and its immediate retries may hold a delivery for {HeldBy(retry):c} (TimeLimit {retry.TimeLimit:c}, ImmediateRetries "
                + $"{retry.ImmediateRetries}), but the broker takes it back after {ofBroker:c}, and RabbitMQ {version} has no timeout of a queue's own. Lower them, do the "
                + "work in parts, or set consumer_timeout in rabbitmq.conf (milliseconds) and RabbitMq:ConsumerTimeout to the same.");
        }
    }

    /// <summary>The version that the broker tells; null when it tells none that can be read.</summary>
    public static Version? VersionOf(IConnection connection) =>
        connection.ServerProperties is { } properties && properties.TryGetValue("version", out var value) && value is byte[] bytes
        && Version.TryParse(Encoding.UTF8.GetString(bytes).Split('-', '+')[0], out var version)
            ? version
            : null;

    /// <summary>The timeout that closed a channel; null when something else did.</summary>
    public static TimeSpan? FromCloseReason(string? reason) =>
        reason is not null && CloseReason().Match(reason) is { Success: true } match
            ? TimeSpan.FromMilliseconds(long.Parse(match.Groups["ms"].ValueSpan, CultureInfo.InvariantCulture))
            : null;

    private static TimeSpan HeldBy(RetryOptions retry) => retry.TimeLimit * (Math.Min(retry.ImmediateRetries, retry.MaxAttempts - 1) + 1);

    [GeneratedRegex(@"delivery acknowledgement on channel \d+ timed out\. Timeout value used: (?<ms>\d{1,15}) ms", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CloseReason();
}
