using MassTransit;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Logs which endpoint that is connected at run time has a consumer without an inbox; of those that are there at the start, <see cref="MissingInboxCheck"/> stops it.</summary>
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
        LogLevel.Error,
        "Queue {Queue} has a consumer without the inbox: a duplicate runs it again, what it stages is refused, and a task that it takes never ends. "
        + MissingInboxCheck.HowTo)]
    private partial void LogMissing(string queue);
}
