using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>What a unit of work logs of code that uses it in a wrong way.</summary>
internal static partial class UnitOfWorkLog
{
    /// <summary>Logs what was staged and is lost; or at least that a transaction was rolled back.</summary>
    public static void LogDropped(this ILogger logger, string dropped, bool isRolledBack)
    {
        if (dropped.Length > 0)
        {
            logger.LogNeverCommitted(dropped);
        }
        else if (isRolledBack)
        {
            logger.LogRolledBack();
        }
    }

    [LoggerMessage(
        EventId = 1102, EventName = "UnitOfWorkMisused", Level = LogLevel.Error,
        Message = "A unit of work was misused; correct the code that uses it: {Error}")]
    public static partial void LogMisuse(this ILogger logger, string error);

    [LoggerMessage(
        EventId = 1100, EventName = "StagedWorkDropped", Level = LogLevel.Error,
        Message = "Staged work was dropped, because its scope ended without CommitAsync: {Dropped}. Call CommitAsync, or DiscardAsync if nothing should be stored")]
    private static partial void LogNeverCommitted(this ILogger logger, string dropped);

    [LoggerMessage(
        EventId = 1101, EventName = "TransactionRolledBack", Level = LogLevel.Warning,
        Message = "The transaction of a unit of work was rolled back, because its scope ended without CommitAsync or DiscardAsync; call one of them")]
    private static partial void LogRolledBack(this ILogger logger);
}
