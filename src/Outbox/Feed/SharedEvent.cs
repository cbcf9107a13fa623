namespace Messaging.Outbox.Feed;

/// <summary>What happened to a shared reading.</summary>
internal enum SharedEventType
{
    /// <summary>Nothing, for a while.</summary>
    Ping,

    /// <summary>The value has changed.</summary>
    Changed,

    /// <summary>The follower was too slow: values between the last one and the next were skipped.</summary>
    Lagged,

    /// <summary>It cannot be read now.</summary>
    Unavailable,
}

/// <summary>An event for a follower of a shared reading.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Version">The version that the follower has then, with which it can go on.</param>
/// <param name="Value">The value, if it has changed.</param>
internal sealed record SharedEvent<T>(SharedEventType Type, string? Version, T? Value)
    where T : class;
