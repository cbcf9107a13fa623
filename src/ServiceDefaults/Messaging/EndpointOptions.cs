using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;

namespace Messaging.ServiceDefaults.Messaging;

/// <summary>Settings of one queue; section <c>Endpoints:{queue}</c>, with <c>Endpoints:Default</c> for all.</summary>
public sealed class EndpointOptions : IValidatableObject
{
    /// <summary>
    /// The number of messages that this process consumes concurrently. For an <see cref="IStagingConsumer"/>,
    /// <see cref="StagingConcurrency"/> applies instead. A value that the API sets for the queue takes precedence, up to
    /// <see cref="Prefetch"/>. Default 16.
    /// </summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 16;

    /// <summary>The prefetch count: unacknowledged messages that the broker delivers; at least the concurrency. Default 32.</summary>
    [Range(1, 65_535)]
    public int Prefetch { get; set; } = 32;

    /// <summary>The priority of the queue; a value that the API sets takes precedence. Default <see cref="QueuePriority.Normal"/>.</summary>
    [EnumDataType(typeof(QueuePriority))]
    public QueuePriority Priority { get; set; } = QueuePriority.Normal;

    /// <summary>
    /// The concurrency of a consumer that only stages (<see cref="IStagingConsumer"/>): its messages share commits, so a high
    /// value gives few commits. The broker delivers twice as many in advance. Default 200.
    /// </summary>
    [Range(1, 10_000)]
    public int StagingConcurrency { get; set; } = 200;

    /// <summary>The retry policy of the queue.</summary>
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
