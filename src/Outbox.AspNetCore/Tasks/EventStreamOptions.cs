using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.AspNetCore;

/// <summary>The maximum numbers of event streams that one process serves at once; section <c>EventStreams</c>.</summary>
public sealed class EventStreamOptions
{
    /// <summary>For callers with an access key, whatever they follow. Default 500.</summary>
    [Range(1, 10_000)]
    public int MaxKeyed { get; set; } = 500;

    /// <summary>For all callers without a key together. Default 200.</summary>
    [Range(1, 10_000)]
    public int MaxAnonymous { get; set; } = 200;

    /// <summary>
    /// For callers without a key from one address, or from one /64 network for IPv6. Behind a proxy that is not trusted all
    /// callers have its address. Default 50.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxPerAddress { get; set; } = 50;

    /// <summary>For callers without a key that follow the same task. Default 10.</summary>
    [Range(1, 10_000)]
    public int MaxPerTask { get; set; } = 10;
}
