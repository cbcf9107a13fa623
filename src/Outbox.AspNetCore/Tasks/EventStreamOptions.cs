using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>How many event streams one process serves at once; section <c>EventStreams</c>.</summary>
public sealed class EventStreamOptions
{
    /// <summary>Of callers with an access key. Default 100.</summary>
    [Range(1, 10_000)]
    public int MaxKeyed { get; set; } = 100;

    /// <summary>Of callers without one, all together. Default 200.</summary>
    [Range(1, 10_000)]
    public int MaxAnonymous { get; set; } = 200;

    /// <summary>Of callers without a key from one address; of IPv6 from one network of 64 bits. Behind a proxy all have its address. Default 50.</summary>
    [Range(1, 10_000)]
    public int MaxPerAddress { get; set; } = 50;

    /// <summary>Of callers without a key for one task. Default 10.</summary>
    [Range(1, 10_000)]
    public int MaxPerTask { get; set; } = 10;
}
