using System.Net.Sockets;
using MassTransit;
using Messaging.Outbox.Undelivered;

namespace Messaging.Outbox.Transport;

/// <summary>Whose fault it is that a message could not be sent.</summary>
internal static class SendFault
{
    /// <summary>RabbitMQ's transport is no reference of this project; its exception is known by name.</summary>
    private const string ReturnedByBroker = "MassTransit.MessageReturnedException";

    /// <summary>Whether the broker has returned it, since no queue takes it.</summary>
    public static bool IsReturned(Exception exception) => exception.GetType().FullName == ReturnedByBroker;

    /// <summary>A broker that is out of reach, or too slow, is no message's fault.</summary>
    public static bool IsMessages(Exception exception) => exception is NoQueueException
        || exception is not (OperationCanceledException or TimeoutException or IOException or SocketException or TransportException or ConnectionException or ObjectDisposedException)
            && exception.GetType().Namespace?.StartsWith("RabbitMQ.", StringComparison.Ordinal) != true;
}
