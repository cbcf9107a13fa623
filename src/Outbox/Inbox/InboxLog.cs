using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Inbox;

/// <summary>What the inbox says in the log, whichever way a message came.</summary>
internal static partial class InboxLog
{
    [LoggerMessage(LogLevel.Information, "{Consumer} has nothing to do for message {MessageId}, consumed before or cancelled: acknowledged without an effect")]
    public static partial void Duplicate(ILogger logger, string consumer, Guid? messageId);
}
