using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.MassTransit.Sending;

/// <summary>Classifies the exception of a failed send.</summary>
internal static class SendFault
{
    /// <summary>The exception's type name, because this project does not reference MassTransit's RabbitMQ transport.</summary>
    private const string ReturnedByBroker = "MassTransit.MessageReturnedException";

    /// <summary>Whether the broker returned the message because it cannot be routed to a queue.</summary>
    public static bool IsReturned(Exception exception) => exception.GetType().FullName == ReturnedByBroker;

    /// <summary>Whether the message is the cause; otherwise the broker is unavailable or slow.</summary>
    public static bool IsMessages(Exception exception) => exception is NoQueueException
        || exception is not (OperationCanceledException or TimeoutException or IOException or SocketException or TransportException or ConnectionException or ObjectDisposedException)
            && exception.GetType().Namespace?.StartsWith("RabbitMQ.", StringComparison.Ordinal) != true;
}
