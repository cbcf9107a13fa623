using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>A service of the bus that sends at once, past the unit of work.</summary>
internal sealed record DirectSender(Type Service);

/// <summary>
/// Warns at the start of code that takes a <see cref="DirectSender"/>: what it sends there is sent whatever becomes of the transaction, which nobody
/// sees before something is lost or is there twice.
/// </summary>
internal sealed partial class DirectSenders(IEnumerable<DirectSender> senders, ILogger<DirectSenders> logger)
{
    private readonly HashSet<Type> _services = [.. senders.Select(sender => sender.Service)];

    /// <param name="users">Names of classes or routes, with the types that they take.</param>
    public void Warn(IEnumerable<(string Name, IEnumerable<Type> Needs)> users)
    {
        var direct = users.Where(user => user.Needs.Any(_services.Contains)).Select(user => user.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (direct.Count > 0)
        {
            LogDirect(string.Join(", ", direct));
        }
    }

    [LoggerMessage(
        EventId = 1103, EventName = "OutboxBypassed", Level = LogLevel.Warning,
        Message = "The bus itself is taken by {Users}: what is published or sent with it leaves at once, also if the work beside it is rolled back, and is no task. Use IBackgroundTasks, "
        + "IPublishEndpoint or ISendEndpointProvider, and in a consumer publish by its context; ignore this where it is meant")]
    private partial void LogDirect(string users);
}
