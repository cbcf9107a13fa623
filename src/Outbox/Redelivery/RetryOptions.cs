using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.Store;

namespace Messaging.Outbox;

/// <summary>
/// The retry policy of failed messages: a few immediate attempts within the delivery, then delayed ones through the outbox.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>The number of retries within one delivery, for transient failures. They hold the delivery. Default 2.</summary>
    [Range(0, 10)]
    public int ImmediateRetries { get; set; } = 2;

    /// <summary>The delay before the first immediate retry; it doubles, with jitter of ± 25 %. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan ImmediateDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The number of deferred deliveries after that, each with its own immediate retries. They wait in the database, for about an
    /// hour with the default delays. Default 10.
    /// </summary>
    [Range(0, 1_000)]
    public int DelayedRetries { get; set; } = 10;

    /// <summary>The delay before the first deferred delivery; it doubles, with jitter of ± 25 %. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest delay before a deferred delivery. Default 15 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "30.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The maximum number of attempts, immediate and deferred ones, since the task was enqueued or redriven; 1 means no retries.
    /// Default 33.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxAttempts { get; set; } = 33;

    /// <summary>
    /// The time limit of an attempt. After it the consumer's token is cancelled, which counts as a failure. A consumer that
    /// ignores its token is not aborted. Default 5 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Exceptions that are not retried: names of types (<c>ArgumentException</c> or <c>System.ArgumentException</c>), including
    /// derived types. In addition, exceptions that implement <see cref="IPermanentFailure"/>, and statements or data that the
    /// database refuses permanently (SQLSTATE 22, 42, 23502, …), unless <see cref="RetryOnly"/> contains them. Default: none.
    /// </summary>
    public IList<string> FailAtOnce { get; set; } = [];

    /// <summary>If it is not empty, only these exceptions are retried. Default: empty.</summary>
    public IList<string> RetryOnly { get; set; } = [];

    /// <summary>
    /// The number of deliveries without an outcome (the worker died or lost its connection) after which a message is quarantined:
    /// its execution is isolated, and the message is dead-lettered if its worker dies again. Default 10.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxUnfinishedDeliveries { get; set; } = 10;

    /// <summary>The delay before redelivery number <paramref name="redelivery"/>, counted from 1.</summary>
    public TimeSpan DelayOf(int redelivery)
    {
        var doubled = FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(redelivery - 1, 40));
        return TimeSpan.FromMilliseconds(Math.Min(doubled, MaxDelay.TotalMilliseconds) * Jitter.Factor());
    }

    /// <summary>The delay before an immediate retry, counted from 1.</summary>
    internal TimeSpan ImmediateDelayOf(int retry) => ImmediateDelay * Math.Pow(2, retry - 1) * Jitter.Factor();

    /// <summary>A copy for an endpoint without <c>UseOutbox</c>, which only defers.</summary>
    internal RetryOptions WithoutImmediateRetries()
    {
        var copy = (RetryOptions)MemberwiseClone();
        copy.ImmediateRetries = 0;
        return copy;
    }

    /// <summary>A copy for a queue that is deleted with its process, so that nothing can be deferred.</summary>
    internal RetryOptions WithoutDeferrals()
    {
        var copy = (RetryOptions)MemberwiseClone();
        copy.DelayedRetries = 0;
        return copy;
    }

    /// <summary>Whether the exception must not be retried.</summary>
    public bool FailsAtOnce(Exception exception)
    {
        exception = Thrown.OriginalOf(exception);
        return exception is IPermanentFailure
            || Names(exception).Any(FailAtOnce.Contains)
            || (!Names(exception).Any(RetryOnly.Contains) && (RetryOnly.Count > 0 || SqlErrors.IsPermanent(exception)));
    }

    // A ConsumerCanceledException wraps the exception of a consumer that its own token cancelled, such as an HTTP client's timeout.
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
}
