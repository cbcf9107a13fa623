using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Settings of one queue; section <c>Endpoints:{queue}</c>, with <c>Endpoints:Default</c> for all.</summary>
public sealed class EndpointOptions : IValidatableObject
{
    /// <summary>
    /// Messages this process consumes at once; one that only stages has <see cref="StagingConcurrency"/> instead. What is set for the queue over the
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

    /// <summary>
    /// The same for a consumer that only stages (<see cref="IStagingConsumer"/>): each waits for a commit that all of them share, so many at once make
    /// few commits, and the broker hands over twice as many in advance. Default 200.
    /// </summary>
    [Range(1, 10_000)]
    public int StagingConcurrency { get; set; } = 200;

    /// <summary>What happens to a failing message.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Prefetch < Concurrency)
        {
            yield return new ValidationResult(
                $"Prefetch ({Prefetch}) must be at least Concurrency ({Concurrency}).", [nameof(Prefetch)]);
        }

        var failures = new List<ValidationResult>();
        Validator.TryValidateObject(Retry, new ValidationContext(Retry), failures, validateAllProperties: true);
        foreach (var failure in failures)
        {
            yield return failure;
        }
    }
}
