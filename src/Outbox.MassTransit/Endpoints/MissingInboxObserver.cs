using MassTransit;
using Messaging.Outbox.MassTransit.Starting;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>
/// Logs an error for each endpoint that is connected at run time and has a consumer without the inbox.
/// <see cref="MissingInboxCheck"/> checks the endpoints that exist when the bus starts.
/// </summary>
internal sealed partial class MissingInboxObserver(ConsumerRegistry registry, ILogger<MissingInboxObserver> logger) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        var queue = ConsumerRegistry.QueueOf(ready.InputAddress);
        if (ready.IsStarted && !registry.NeedsNoInbox(queue) && ProbedConsumers.Has(ready.ReceiveEndpoint.GetProbeResult().Results))
        {
            LogMissing(queue);
        }

        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    [LoggerMessage(
        EventId = 1901, EventName = "InboxMissing", Level = LogLevel.Error,
        Message = "Queue {Queue} has a consumer without the inbox: duplicates run it again, work that it stages is rejected, and its tasks never end. "
        + MissingInboxCheck.HowTo)]
    private partial void LogMissing(string queue);
}
