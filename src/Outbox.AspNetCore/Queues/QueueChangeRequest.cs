using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>What a <c>PATCH</c> of a queue may name; null clears a setting.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed class QueueChangeRequest
{
    /// <summary>Messages that each worker consumes at once; above its prefetch count it has no further effect.</summary>
    [Range(1, QueueChange.MaxConcurrency)]
    public int? Concurrency { get; set => Change = Change with { Concurrency = new(field = value) }; }

    /// <summary>Messages per second, of all workers together.</summary>
    [Range(QueueChange.MinRateLimit, QueueChange.MaxRateLimit)]
    public double? RateLimit { get; set => Change = Change with { RateLimit = new(field = value) }; }

    /// <summary>High, Normal or Low; for what is enqueued from now on.</summary>
    [JsonConverter(typeof(NameConverter<QueuePriority>))]
    public QueuePriority? Priority { get; set => Change = Change with { Priority = new(field = value) }; }

    /// <summary>What was named.</summary>
    internal QueueChange Change { get; private set; } = new();
}
