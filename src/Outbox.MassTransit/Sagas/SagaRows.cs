using System.Text;
using MassTransit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// The rows of a saga's instances. An instance is read outside of a transaction and written in the unit's transaction, which
/// begins with the first write, so no transaction is open while the saga handles its event. The row's version detects conflicts
/// with other events.
/// </summary>
internal sealed class SagaRows<TSaga>(
    SagaType<TSaga> type, SagaJson<TSaga> json, SagaStateName<TSaga> states, SagaKeys<TSaga> keys, UnitOfWork unit, OutboxReader reader, StoreClock time)
    where TSaga : class, ISaga
{
    /// <summary>The state is read and written with each event, so large data belongs in a separate table.</summary>
    private const int MaxBytes = 1_048_576;

    private static readonly IReadOnlyDictionary<string, string> NoKeys = new Dictionary<string, string>();

    private readonly Dictionary<Guid, Stored> _stored = [];

    /// <returns>Null if the instance does not exist.</returns>
    public async Task<TSaga?> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await reader.QueryAsync(
            "SELECT data, version FROM messaging.sagas WHERE saga_type = $1 AND correlation_id = $2",
            [type.Name, id],
            row => (Data: row.GetString(0), Version: row.GetInt64(1)),
            cancellationToken);
        if (found is not [var row])
        {
            return null;
        }

        var saga = json.Read(row.Data);
        _stored[id] = new Stored(row.Version, keys.Of(saga));
        return saga;
    }

    /// <summary>The instances after an id, ordered by id.</summary>
    public Task<IReadOnlyList<TSaga>> LoadAfterAsync(Guid? id, int limit, CancellationToken cancellationToken) => reader.QueryAsync(
        "SELECT data FROM messaging.sagas WHERE saga_type = $1 AND correlation_id > $2 ORDER BY correlation_id LIMIT $3",
        [type.Name, id ?? Guid.Empty, limit],
        row => json.Read(row.GetString(0)),
        cancellationToken);

    public async Task InsertAsync(SagaConsumeContext<TSaga> context)
    {
        var saga = context.Saga;
        var now = new StoreTime(time.GetUtcNow());
        await WriteAsync(
            saga.CorrelationId,
            """
            INSERT INTO messaging.sagas (saga_type, correlation_id, current_state, data, version, created_at, updated_at) VALUES ($1, $2, $3, $4, 1, $5, $5)
            ON CONFLICT (saga_type, correlation_id) DO NOTHING RETURNING version
            """,
            [type.Name, saga.CorrelationId, await states.ReadAsync(context), ToJson(saga), now],
            context.CancellationToken);
        await WriteKeysAsync(saga, before: NoKeys, context.CancellationToken);
    }

    public async Task UpdateAsync(SagaConsumeContext<TSaga> context)
    {
        var saga = context.Saga;
        if (!_stored.TryGetValue(saga.CorrelationId, out var stored))
        {
            await InsertAsync(context);
            return;
        }

        await WriteAsync(
            saga.CorrelationId,
            """
            UPDATE messaging.sagas SET current_state = $3, data = $4, version = version + 1, updated_at = $5
            WHERE saga_type = $1 AND correlation_id = $2 AND version = $6 RETURNING version
            """,
            [type.Name, saga.CorrelationId, await states.ReadAsync(context), ToJson(saga), new StoreTime(time.GetUtcNow()), stored.Version],
            context.CancellationToken);
        await WriteKeysAsync(saga, stored.Keys, context.CancellationToken);
    }

    public async Task DeleteAsync(SagaConsumeContext<TSaga> context)
    {
        var id = context.Saga.CorrelationId;
        if (!_stored.TryGetValue(id, out var stored))
        {
            return; // created and completed by the same event
        }

        await WriteAsync(
            id,
            "DELETE FROM messaging.sagas WHERE saga_type = $1 AND correlation_id = $2 AND version = $3 RETURNING version",
            [type.Name, id, stored.Version],
            context.CancellationToken);
        await keys.DeleteAsync(id, context.CancellationToken);
    }

    private async Task WriteKeysAsync(TSaga saga, IReadOnlyDictionary<string, string> before, CancellationToken cancellationToken)
    {
        if (!await keys.ReplaceAsync(saga, before, cancellationToken))
        {
            throw Conflict(saga.CorrelationId);
        }
    }

    private async Task WriteAsync(Guid id, string sql, object?[] parameters, CancellationToken cancellationToken)
    {
        if ((await unit.QueryOwnAsync(sql, parameters, row => row.GetInt64(0), cancellationToken)).Count == 0)
        {
            throw Conflict(id);
        }
    }

    /// <summary>Handled like a deadlock: the message is consumed again, and the attempt is not counted.</summary>
    private StoreUnavailableException Conflict(Guid id) =>
        new($"Another event of {type.Name} {id} was committed at the same moment; this one is consumed again.");

    private string ToJson(TSaga saga)
    {
        var data = json.Write(saga);
        return Encoding.UTF8.GetByteCount(data) <= MaxBytes
            ? data
            : throw new SagaException($"The state of a saga must not be larger than {MaxBytes} bytes of JSON: store larger data in a separate table.", typeof(TSaga), typeof(TSaga), saga.CorrelationId);
    }

    private sealed record Stored(long Version, IReadOnlyDictionary<string, string> Keys);
}
