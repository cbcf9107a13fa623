using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Idempotency;

/// <summary>
/// SQL of stored answers by the id of their request. Each answer has an inbox entry, which decides between concurrent requests
/// and is deleted with it.
/// </summary>
internal static class IdempotencySql
{
    private static readonly Guid ConsumerId = DerivedId.Of("idempotency-key");

    // On a conflict the inbox entry conflicts too, and the whole unit of work is skipped; so the conflict here is not an error.
    public const string Insert =
        """
        INSERT INTO messaging.idempotency_answers (id, request_hash, status, location, content_type, body, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
        """;

    public const string Select =
        "SELECT request_hash, status, location, content_type, body FROM messaging.idempotency_answers WHERE id = $1";

    public static InboxKey Key(Guid id) => new(id, ConsumerId) { Kind = InboxKind.IdempotencyKey };

    public static object?[] Parameters(Guid id, StoredAnswer answer, DateTimeOffset now) =>
        [id, answer.RequestHash, answer.Status, answer.Location, answer.ContentType, answer.Body, new StoreTime(now)];

    public static StoredAnswer Read(DbDataReader reader) => new()
    {
        RequestHash = reader.GetString(0),
        Status = reader.GetInt32(1),
        Location = reader.Text(2),
        ContentType = reader.Text(3),
        Body = reader.GetString(4),
    };

    /// <summary>
    /// Deletes answers past their retention together with their inbox entries: an entry without an answer would block its key.
    /// The second statement deletes what the first one returned, so that two processes can clean up at once.
    /// </summary>
    public static async Task<int> DeleteAsync(OutboxTransaction transaction, Retention retention, CancellationToken cancellationToken)
    {
        var ids = await transaction.QueryAsync(
            """
            DELETE FROM messaging.idempotency_answers
            WHERE id IN (SELECT id FROM messaging.idempotency_answers WHERE created_at < $1 LIMIT $2) RETURNING id
            """,
            reader => reader.GetGuid(0),
            cancellationToken,
            new StoreTime(retention.IdempotencyAnswers),
            retention.Limit);
        if (ids.Count > 0)
        {
            var places = string.Join(", ", Enumerable.Range(2, ids.Count).Select(i => $"${i}"));
            await transaction.ExecuteAsync(
                $"DELETE FROM messaging.inbox WHERE consumer_id = $1 AND message_id IN ({places})",
                cancellationToken,
                [ConsumerId, .. ids.Select(id => (object?)id)]);
        }

        return ids.Count;
    }
}
