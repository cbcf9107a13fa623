namespace Messaging.Outbox.Staging;

/// <summary>Whether a scope of the container belongs to a message that is being consumed.</summary>
internal interface IMessageScope
{
    bool HasMessage { get; }

    /// <summary>The queue that the message comes from.</summary>
    string? Queue { get; }
}
