using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Reads a claimed message from columns that both dialects return in the same order.</summary>
internal static class OutboxMessageReader
{
    /// <summary>The columns, for <c>RETURNING</c>.</summary>
    public const string Columns = "id, message_id, attempts, destination, content_type, metadata, body, queue, priority";

    public static OutboxMessage Read(DbDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        MessageId = reader.GetGuid(1),
        Attempts = reader.GetInt32(2),
        Destination = reader.GetString(3),
        ContentType = reader.GetString(4),
        Metadata = reader.GetString(5),
        Body = reader.GetFieldValue<byte[]>(6),
        Queue = reader.Text(7),
        Priority = (QueuePriority)reader.GetInt16(8),
    };
}
