using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Settings of one queue; section <c>Endpoints:{queue}</c>, with <c>Endpoints:Default</c> for all.</summary>
public sealed class EndpointOptions : IValidatableObject
{
    /// <summary>
    /// Messages this process consumes at once; a batch consumer has <see cref="ConcurrentBatches"/> instead. What is set for the queue over the
    /// API goes before it, up to <see cref="Prefetch"/>. Default 16.
    /// </summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 16;

    /// <summary>Messages the broker hands over in advance; at least the concurrency. Default 32.</summary>
    [Range(1, 65_535)]
    public int Prefetch { get; set; } = 32;

    /// <summary>How urgent the queue is, unless something else is set over the API. Default <see cref="QueuePriority.Normal"/>.</summary>
    [EnumDataType(typeof(QueuePriority))]
    public QueuePriority Priority { get; set; } = QueuePriority.Normal;

    /// <summary>Messages in a batch, for a batch consumer; prefetch has to hold what its concurrent batches need. Default 100.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 100;

    /// <summary>Batches this process consumes at once, for a batch consumer; they share their transactions. Default 8.</summary>
    [Range(1, 100)]
    public int ConcurrentBatches { get; set; } = 8;

    /// <summary>How long a batch waits to be filled, and so how long a single message waits. From a backlog it is filled at once. Default 2 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan BatchTimeLimit { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>What happens to a failing message.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Prefetch < Concurrency)
        {
            yield return new ValidationResult(
                $"Prefetch ({Prefetch}) has to be at least Concurrency ({Concurrency}).", [nameof(Prefetch)]);
        }

        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(Retry, new ValidationContext(Retry), failures, validateAllProperties: true);
        foreach (var failure in failures)
        {
            yield return failure;
        }
    }
}
