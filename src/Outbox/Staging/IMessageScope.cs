namespace Messaging.Outbox.Staging;

/// <summary>Whether a DI scope belongs to a message that is being consumed.</summary>
internal interface IMessageScope
{
    bool HasMessage { get; }

    /// <summary>The queue of the message.</summary>
    string? Queue { get; }
}
