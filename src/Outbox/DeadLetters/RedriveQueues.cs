using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>To which queues dead letters can be redriven: those with a consumer for their types, as workers have reported them.</summary>
internal sealed class RedriveQueues(OutboxReader store)
{
    /// <summary>The number of dead letters of a filter whose types are read.</summary>
    private const int MaxRead = 100;

    /// <param name="types">The names of a message's types on the wire; none if nothing of it says so.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>The queues by name.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(IReadOnlyList<string> types, CancellationToken cancellationToken) =>
        [.. TakenTypes.Of(await store.QueryAsync(TakenTypes.Select, [], TakenTypes.Read, cancellationToken), types)];

    /// <returns>The queues that take at least one of the newest dead letters of the filter, by name.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        var page = await DeadLetterQuerySql.Plan(query).PageAsync(
            store, $"{DeadLetterQuerySql.Columns}, metadata", reader => TransitTypes.Of(reader.GetString(14), contentType: null, default), after: null, MaxRead, cancellationToken);
        var known = await store.QueryAsync(TakenTypes.Select, [], TakenTypes.Read, cancellationToken);
        return [.. page.Items.SelectMany(types => TakenTypes.Of(known, types)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
