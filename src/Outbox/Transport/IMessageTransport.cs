namespace Messaging.Outbox.Transport;

/// <summary>The bus, as the outbox sees it: what takes its rows.</summary>
internal interface IMessageTransport
{
    /// <summary>Whether messages outlive the process that they were sent to: true for a broker, false in memory.</summary>
    bool IsDurable { get; }

    /// <summary>Whether a row stays until the consumers are done with it, and not only until it is sent.</summary>
    bool ConsumersSettle { get; }

    /// <summary>Whether the broker can be reached, as far as is known.</summary>
    bool IsUp { get; }

    /// <summary>The consumers that have to be done with a message, over a transport that is not durable.</summary>
    int CountConsumers(OutboxMessage message);

    /// <summary>Sends rows; returns when the broker has confirmed them.</summary>
    /// <param name="messages">What is to be sent.</param>
    /// <param name="outstanding">How many may wait for a confirmation at once.</param>
    /// <param name="cancellationToken">Ends the wait for confirmations.</param>
    /// <returns>Those that were not sent, and why.</returns>
    Task<IReadOnlyCollection<UnsentMessage>> SendAsync(IReadOnlyList<OutboxMessage> messages, int outstanding, CancellationToken cancellationToken);
}

/// <summary>A row that could not be sent.</summary>
/// <param name="Message">The row.</param>
/// <param name="Exception">Why.</param>
/// <param name="IsOwnFault">Whether it is the message's own fault: not that of a broker which is out of reach, or too slow.</param>
internal sealed record UnsentMessage(OutboxMessage Message, Exception Exception, bool IsOwnFault);
