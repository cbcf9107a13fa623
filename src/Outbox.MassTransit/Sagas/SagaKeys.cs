using MassTransit;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>The rows with the property values by which events find the instances of a saga.</summary>
internal sealed class SagaKeys<TSaga>(SagaType<TSaga> type, UnitOfWork unit, OutboxReader reader)
    where TSaga : class, ISaga
{
    private readonly HashSet<(string Property, string Key)> _sought = [];

    /// <summary>The non-null values of an instance by property name.</summary>
    public IReadOnlyDictionary<string, string> Of(TSaga saga) => type.Properties
        .Select(p => (p.Name, Key: p.KeyOf(saga)))
        .Where(p => p.Key is not null)
        .ToDictionary(p => p.Name, p => p.Key!, StringComparer.Ordinal);

    public Task<IReadOnlyList<Guid>> FindAsync(string property, string key, CancellationToken cancellationToken)
    {
        _sought.Add((property, key));
        return reader.QueryAsync(
            "SELECT correlation_id FROM messaging.saga_keys WHERE saga_type = $1 AND name = $2 AND value = $3",
            [type.Name, property, key],
            row => row.GetGuid(0),
            cancellationToken);
    }

    /// <summary>Writes the values that have changed, each statement at once: a staged one would run after them, at the commit.</summary>
    /// <returns>False if another event has begun an instance with the value that this one looked for; consumed again, it finds it.</returns>
    /// <exception cref="SagaException">Another instance has the value of a unique property.</exception>
    public async Task<bool> ReplaceAsync(TSaga saga, IReadOnlyDictionary<string, string> before, CancellationToken cancellationToken)
    {
        foreach (var property in type.Properties)
        {
            var (old, key) = (before.GetValueOrDefault(property.Name), property.KeyOf(saga));
            if (old == key)
            {
                continue;
            }

            if (old is not null)
            {
                await DeleteAsync(saga, property, old, cancellationToken);
            }

            if (key is not null && !await InsertAsync(saga, property, key, cancellationToken))
            {
                return _sought.Contains((property.Name, key)) ? false : throw Taken(saga, property);
            }
        }

        return true;
    }

    public Task DeleteAsync(Guid saga, CancellationToken cancellationToken) => unit.QueryOwnAsync(
        "DELETE FROM messaging.saga_keys WHERE saga_type = $1 AND correlation_id = $2 RETURNING name", [type.Name, saga], row => row.GetString(0), cancellationToken);

    /// <summary>Without the value, which may be personal.</summary>
    private SagaException Taken(TSaga saga, SagaProperty property) => new(
        $"{property.Name} of {type.Name} is to be a value that another instance has. Events find an instance by it and begin one, so it belongs to one instance alone.",
        typeof(TSaga),
        typeof(TSaga),
        saga.CorrelationId);

    private Task DeleteAsync(TSaga saga, SagaProperty property, string key, CancellationToken cancellationToken) => unit.QueryOwnAsync(
        "DELETE FROM messaging.saga_keys WHERE saga_type = $1 AND correlation_id = $2 AND name = $3 AND value = $4 RETURNING name",
        [type.Name, saga.CorrelationId, property.Name, key],
        row => row.GetString(0),
        cancellationToken);

    private async Task<bool> InsertAsync(TSaga saga, SagaProperty property, string key, CancellationToken cancellationToken)
    {
        var inserted = await unit.QueryOwnAsync(
            """
            INSERT INTO messaging.saga_keys (saga_type, name, value, slot, correlation_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (saga_type, name, value, slot) DO NOTHING RETURNING name
            """,
            [type.Name, property.Name, key, property.IsUnique ? Guid.Empty : saga.CorrelationId, saga.CorrelationId],
            row => row.GetString(0),
            cancellationToken);
        return inserted.Count > 0;
    }
}
