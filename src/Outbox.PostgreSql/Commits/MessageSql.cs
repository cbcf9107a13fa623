using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Commits;

/// <summary>The statement for staged messages and its parameters, one array for each column.</summary>
internal static class MessageSql
{
    // Npgsql writes this value as infinity.
    private static readonly DateTime Infinity = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    // Waiting rows are due at infinity: the success of the task that they wait for sets their time. A message with a due time has
    // no delay.
    public const string Insert =
        """
        INSERT INTO messaging.outbox (due_at, message_id, destination, content_type, metadata, body, queue, priority, waiting)
        SELECT greatest(m.due_at, now() + m.delay),
            m.message_id, m.destination, m.content_type, m.metadata, m.body, m.queue, m.priority, m.waiting
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS m (delay, message_id, destination, content_type, metadata, body, queue, priority, waiting, due_at)
        """;

    public static NpgsqlParameter[] Of(List<StagedMessage> messages) =>
    [
        Parameter(messages.Select(m => m.Delay).ToArray()),
        Parameter(messages.Select(m => m.MessageId).ToArray()),
        Parameter(messages.Select(m => m.Destination).ToArray()),
        Parameter(messages.Select(m => m.ContentType).ToArray()),
        Parameter(messages.Select(m => m.Content.Value.Metadata).ToArray()),
        Parameter(messages.Select(m => m.Content.Value.Body).ToArray()),
        Parameter(messages.Select(m => m.Queue).ToArray()),
        Parameter(messages.Select(m => (short)m.Priority).ToArray()),
        Parameter(messages.Select(m => (short)(m.Waits ? 1 : 0)).ToArray()),
        Parameter(messages.Select(m => m.HasPredecessors ? Infinity : m.DueAt?.UtcDateTime).ToArray()),
    ];
}
