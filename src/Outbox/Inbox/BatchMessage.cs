using MassTransit;

namespace Messaging.Outbox.Inbox;

/// <summary>What a batch consumer consumes.</summary>
internal static class BatchMessage
{
    /// <returns>The type of the messages of a <see cref="Batch{TMessage}"/>; null for a type that is none.</returns>
    public static Type? ElementOf(Type message) =>
        message.IsGenericType && message.GetGenericTypeDefinition() == typeof(Batch<>) ? message.GetGenericArguments()[0] : null;
}
