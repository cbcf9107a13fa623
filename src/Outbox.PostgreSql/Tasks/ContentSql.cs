using Npgsql;
using NpgsqlTypes;
using static Messaging.Outbox.PostgreSql.Connections.TypedParameter;

namespace Messaging.Outbox.PostgreSql.Tasks;

/// <summary>The statements for what is kept of the messages of new tasks, and their parameters, one array for each column.</summary>
internal static class ContentSql
{
    public const string InsertPayloads =
        "INSERT INTO messaging.task_payloads (task_id, type, address, bytes, redacted, message) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)";

    public const string InsertKeys = "INSERT INTO messaging.task_keys (task_id, name, value) SELECT * FROM unnest($1, $2, $3)";

    public static NpgsqlParameter[] Payloads(List<(Guid Task, StagedPayload Payload)> payloads) =>
    [
        Parameter(payloads.Select(p => p.Task).ToArray()),
        Parameter(payloads.Select(p => p.Payload.Type).ToArray()),
        Parameter(payloads.Select(p => p.Payload.Address).ToArray()),
        Parameter(payloads.Select(p => p.Payload.Bytes).ToArray()),
        Parameter(payloads.Select(p => p.Payload.Redacted).ToArray()),
        new() { Value = payloads.Select(p => p.Payload.Message).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
    ];

    public static NpgsqlParameter[] Keys(List<(Guid Task, TaskKey Key)> keys) =>
    [
        Parameter(keys.Select(k => k.Task).ToArray()),
        Parameter(keys.Select(k => k.Key.Name).ToArray()),
        Parameter(keys.Select(k => k.Key.Value).ToArray()),
    ];
}
