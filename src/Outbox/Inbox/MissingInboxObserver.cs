using MassTransit;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Inbox;

/// <summary>Says at the start which endpoint has consumers without an inbox: those that were added past the registration.</summary>
internal sealed partial class MissingInboxObserver(ConsumerRegistry registry, ILogger<MissingInboxObserver> logger) : IReceiveEndpointObserver
{
    public Task Ready(ReceiveEndpointReady ready)
    {
        var queue = ConsumerRegistry.QueueOf(ready.InputAddress);
        if (ready.IsStarted && !registry.HasInbox(queue) && HasConsumer(ready.ReceiveEndpoint.GetProbeResult().Results))
        {
            LogMissing(queue);
        }

        return Task.CompletedTask;
    }

    /// <summary>Looks for one in what MassTransit tells of its pipeline; not for its own, which keep the state of jobs.</summary>
    private static bool HasConsumer(object probed) => probed switch
    {
        IDictionary<string, object> scope => scope.Any(s => s.Key switch
        {
            "consumer" => !IsOfMassTransit(s.Value),
            "filterType" when s.Value is "handler" => true, // endpoint.Handler
            _ => HasConsumer(s.Value),
        }),
        string => false,
        IEnumerable<object> scopes => scopes.Any(HasConsumer),
        _ => false,
    };

    private static bool IsOfMassTransit(object consumer) =>
        consumer is IDictionary<string, object> scope
        && scope.TryGetValue("type", out var type)
        && type is string name
        && name.StartsWith("MassTransit.", StringComparison.Ordinal);

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Error,
        "Queue {Queue} has a consumer without the inbox: a duplicate runs it again, what it stages is refused, and a task that it takes never ends. "
        + "Add the consumer with AddConsumer and ConfigureConsumer(context), or call UseTransactionalOutbox(context) on its endpoint")]
    private partial void LogMissing(string queue);
}
