namespace Messaging.Outbox.Transport;

/// <summary>The bus as the outbox sees it: sends the rows of the outbox.</summary>
internal interface IMessageTransport
{
    /// <summary>Whether messages outlive the process to which they are sent: true for a broker, false in memory.</summary>
    bool IsDurable { get; }

    /// <summary>Whether a row stays in the outbox until its consumers have finished, and not only until it is sent.</summary>
    bool ConsumersSettle { get; }

    /// <summary>Whether the broker is available, as far as is known.</summary>
    bool IsUp { get; }

    /// <summary>The number of consumers that have to finish a message, for a transport that is not durable.</summary>
    int CountConsumers(OutboxMessage message);

    /// <summary>Sends rows, and completes when the broker has confirmed them.</summary>
    /// <param name="messages">The rows.</param>
    /// <param name="outstanding">The maximum number of unconfirmed messages at once.</param>
    /// <param name="cancellationToken">Cancels the wait for confirmations.</param>
    /// <returns>The rows that were not sent, with the reason.</returns>
    Task<IReadOnlyCollection<UnsentMessage>> SendAsync(IReadOnlyList<OutboxMessage> messages, int outstanding, CancellationToken cancellationToken);
}

/// <summary>A row that could not be sent.</summary>
/// <param name="Message">The row.</param>
/// <param name="Exception">The reason.</param>
/// <param name="IsOwnFault">Whether the message itself is the cause, and not an unavailable or slow broker.</param>
internal sealed record UnsentMessage(OutboxMessage Message, Exception Exception, bool IsOwnFault);
