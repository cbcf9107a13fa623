using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox;

/// <summary>What happens to a failing message: a few quick attempts in memory, then delayed ones through the outbox.</summary>
public sealed class RetryOptions
{
    /// <summary>Retries within one delivery, for what passes in moments. They hold the delivery. Default 2.</summary>
    [Range(0, 10)]
    public int ImmediateRetries { get; set; } = 2;

    /// <summary>The pause before the first immediate retry; it doubles, with jitter of ± 25 %. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan ImmediateDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Redeliveries after that, each with its own immediate retries. They wait in the database. About an hour with the default pauses.
    /// Default 10.</summary>
    [Range(0, 1_000)]
    public int DelayedRetries { get; set; } = 10;

    /// <summary>The pause before the first redelivery; it doubles, with jitter of ± 25 %. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause before a redelivery. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Attempts in all, immediate and delayed ones, since the task was handed on or redriven; 1 never retries. Default 33.</summary>
    [Range(1, 10_000)]
    public int MaxAttempts { get; set; } = 33;

    /// <summary>
    /// How long one attempt may take. Then the consumer's token is cancelled, and that counts as a failure. A consumer that does
    /// not look at its token is not ended by force. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Exceptions that fail at once: names of types (<c>ArgumentException</c> or <c>System.ArgumentException</c>), which stand for
    /// the derived ones, too. Besides, whatever implements <see cref="IPermanentFailure"/>, and a statement or data that the database refuses
    /// whenever it comes (SQLSTATE 22, 42, 23502, …) unless <see cref="RetryOnly"/> names it. Default none.
    /// </summary>
    public IList<string> FailAtOnce { get; set; } = [];

    /// <summary>If any are named, only these exceptions are retried, and all others fail at once. Default none.</summary>
    public IList<string> RetryOnly { get; set; } = [];

    /// <summary>
    /// Deliveries without an outcome - the worker died, or lost its connection - after which a message is tried alone, and
    /// given up when its worker dies once more. Default 10.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxUnfinishedDeliveries { get; set; } = 10;

    /// <summary>The pause before redelivery number <paramref name="redelivery"/>, counted from 1.</summary>
    public TimeSpan DelayOf(int redelivery)
    {
        var doubled = FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(redelivery - 1, 40));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, MaxDelay.TotalMilliseconds) * Jitter());
    }

    /// <summary>The pause before an immediate retry, counted from 1.</summary>
    internal TimeSpan ImmediateDelayOf(int retry) => ImmediateDelay * Math.Pow(2, retry - 1) * Jitter();

    /// <summary>The same, for an endpoint whose author decides about retries within a delivery.</summary>
    internal RetryOptions WithoutImmediateRetries()
    {
        var copy = (RetryOptions)MemberwiseClone();
        copy.ImmediateRetries = 0;
        return copy;
    }

    /// <summary>Whether no retry is to be made after this failure.</summary>
    public bool FailsAtOnce(Exception exception)
    {
        exception = Thrown.OriginalOf(exception);
        return exception is IPermanentFailure
            || Names(exception).Any(FailAtOnce.Contains)
            || (!Names(exception).Any(RetryOnly.Contains) && (RetryOnly.Count > 0 || SqlErrors.IsPermanent(exception)));
    }

    // A consumer that was cancelled by something of its own, such as an HTTP client's timeout, comes wrapped.
    private static IEnumerable<string> Names(Exception exception)
    {
        for (var type = (exception is ConsumerCanceledException ? exception.InnerException ?? exception : exception).GetType();
            type is not null && type != typeof(object);
            type = type.BaseType)
        {
            yield return type.Name;
            yield return type.FullName!;
        }
    }

    /// <summary>The same, where there is no later: a queue goes with its process.</summary>
    internal RetryOptions WithoutDeferrals()
    {
        var copy = (RetryOptions)MemberwiseClone();
        copy.DelayedRetries = 0;
        return copy;
    }

    internal static double Jitter() => 0.75 + (Random.Shared.NextDouble() * 0.5);
}
