using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Inserts dead letters.</summary>
internal static class DeadLetterSql
{
    public const string Insert =
        """
        INSERT INTO messaging.dead_letters (id, message_id, task_id, queue, message_type, reason, exception_type, throw_site, group_id, error,
            headers, destination, content_type, metadata, body, dead_at, stack_trace)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """;

    public static object?[] Parameters(DeadLetter letter) =>
    [
        letter.Id, letter.MessageId, letter.TaskId, letter.Queue, letter.MessageType, letter.Reason.ToString(), letter.ExceptionType,
        letter.ThrowSite, letter.GroupId, letter.Error, letter.Headers, letter.Destination, letter.ContentType, letter.Metadata,
        letter.Body, new StoreTime(letter.DeadAt), letter.StackTrace,
    ];
}
