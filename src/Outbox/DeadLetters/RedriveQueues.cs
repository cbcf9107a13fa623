using Messaging.Outbox.Payloads;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>To which queues dead letters can be redriven: those with a consumer for their types, as workers have reported them.</summary>
internal sealed class RedriveQueues(OutboxReader store)
{
    /// <summary>The number of dead letters of a filter whose types are read, and the number of pages in which they are looked for.</summary>
    private const int MaxRead = 1_000, MaxPages = 10;

    /// <param name="types">The names of a message's types on the wire; none if nothing of it says so.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>The queues by name.</returns>
    public async Task<IReadOnlyList<string>> OfAsync(IReadOnlyList<string> types, CancellationToken cancellationToken) =>
        [.. TakenTypes.Of(await store.QueryAsync(TakenTypes.Select, [], TakenTypes.Read, cancellationToken), types)];

    /// <returns>
    /// The queues that take at least one of the newest dead letters of the filter, by name; all queues if so few dead letters match it that reading on for them would take too long.
    /// </returns>
    public async Task<IReadOnlyList<string>> OfAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        var (letters, after, pages, plan) = (new List<IReadOnlyList<string>>(), (Guid?)null, 0, DeadLetterQuerySql.Plan(query));
        do
        {
            var page = await plan.PageAsync(
                store, $"{DeadLetterQuerySql.Columns}, metadata", reader => TransitTypes.Of(reader.GetString(14), contentType: null, default), after, MaxRead - letters.Count, cancellationToken);
            letters.AddRange(page.Items);
            (after, pages) = (page.Next, pages + 1);
        }
        while (after is not null && letters.Count < MaxRead && pages < MaxPages);

        var known = await store.QueryAsync(TakenTypes.Select, [], TakenTypes.Read, cancellationToken);
        var isUnknown = after is not null && letters.Count < MaxRead;
        return [.. (isUnknown ? known.Select(q => q.Queue) : letters.SelectMany(types => TakenTypes.Of(known, types))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
