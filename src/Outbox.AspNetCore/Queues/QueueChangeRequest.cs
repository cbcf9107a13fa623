using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Queues;

/// <summary>The settings of a queue to change; null clears a setting.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed class QueueChangeRequest
{
    /// <summary>The number of messages that each worker consumes concurrently; at most its prefetch count.</summary>
    [Range(1, QueueChange.MaxConcurrency)]
    public int? Concurrency { get; set => Change = Change with { Concurrency = new(field = value) }; }

    /// <summary>The number of messages per second that all workers together consume.</summary>
    [Range(QueueChange.MinRateLimit, QueueChange.MaxRateLimit)]
    public double? RateLimit { get; set => Change = Change with { RateLimit = new(field = value) }; }

    /// <summary>High, Normal or Low; applies to messages that are enqueued from now on.</summary>
    [JsonConverter(typeof(NameConverter<QueuePriority>))]
    public QueuePriority? Priority { get; set => Change = Change with { Priority = new(field = value) }; }

    /// <summary>The members that the request contains.</summary>
    internal QueueChange Change { get; private set; } = new();
}
