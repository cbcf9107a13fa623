using Npgsql;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Inbox;

/// <summary>The statements for the inbox keys and their parameters, one array for each column.</summary>
internal static class InboxSql
{
    /// <summary>Throws if one of the keys exists already.</summary>
    public const string InsertNew = "INSERT INTO messaging.inbox (message_id, consumer_id, kind, step) SELECT * FROM unnest($1, $2, $3, $4)";

    public const string Insert = $"{InsertNew} ON CONFLICT (message_id, consumer_id) DO NOTHING";

    public static NpgsqlParameter[] Keys(IReadOnlyCollection<InboxKey> keys) =>
    [
        Parameter(keys.Select(k => k.MessageId).ToArray()),
        Parameter(keys.Select(k => k.ConsumerId).ToArray()),
        Parameter(keys.Select(k => k.Kind).ToArray()),
        Parameter(keys.Select(k => k.Step).ToArray()),
    ];

    /// <summary>
    /// Selects the inbox keys of these messages, and the cancelled tasks, which have no consumer id. The bounds limit the query to the
    /// partitions that contain the ids.
    /// </summary>
    public static readonly string FindDone =
        $"""
        SELECT message_id, consumer_id FROM messaging.inbox WHERE message_id = ANY ($1) AND message_id BETWEEN $2 AND $3
        UNION ALL SELECT id, NULL FROM messaging.tasks WHERE id = ANY ($4) AND id BETWEEN $5 AND $6 AND state = {(int)TaskState.Cancelled}
        """;

    public static NpgsqlParameter[] Done(IReadOnlyCollection<InboxKey> keys, IReadOnlyCollection<Guid> tasks) =>
    [
        .. WithBounds([.. keys.Select(k => k.MessageId)]),
        .. WithBounds([.. tasks]),
    ];

    private static NpgsqlParameter[] WithBounds(Guid[] ids) =>
        [Parameter(ids), Parameter(ids.DefaultIfEmpty().Min()), Parameter(ids.DefaultIfEmpty().Max())];
}
