using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Classifies why a message could not be sent.</summary>
internal static class SendFault
{
    /// <summary>This project does not reference MassTransit's RabbitMQ transport, so its exception is recognised by name.</summary>
    private const string ReturnedByBroker = "MassTransit.MessageReturnedException";

    /// <summary>Whether the broker has returned the message because no queue takes it.</summary>
    public static bool IsReturned(Exception exception) => exception.GetType().FullName == ReturnedByBroker;

    /// <summary>Whether the message itself is the cause, and not an unavailable or slow broker.</summary>
    public static bool IsMessages(Exception exception) => exception is NoQueueException
        || exception is not (OperationCanceledException or TimeoutException or IOException or SocketException or TransportException or ConnectionException or ObjectDisposedException)
            && exception.GetType().Namespace?.StartsWith("RabbitMQ.", StringComparison.Ordinal) != true;
}
