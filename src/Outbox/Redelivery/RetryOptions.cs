using System.ComponentModel.DataAnnotations;
using MassTransit;

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

    internal static double Jitter() => 0.75 + (Random.Shared.NextDouble() * 0.5);
}

/// <summary>Puts <see cref="RetryOptions"/> into MassTransit's retry configuration.</summary>
public static class RetryConfigurationExtensions
{
    /// <summary>The immediate retries. What no retry can mend, and a database that is out of reach, are not retried here.</summary>
    public static void Immediate(this IRetryConfigurator configurator, RetryOptions options)
    {
        if (options.ImmediateRetries == 0)
        {
            configurator.None();
        }
        else
        {
            var delay = options.ImmediateDelay;
            configurator.Exponential(options.ImmediateRetries, delay, delay * Math.Pow(2, options.ImmediateRetries), delay);
        }

        configurator.Ignore<StoreUnavailableException>();
        configurator.Ignore(typeof(IPermanentFailure));
    }
}
