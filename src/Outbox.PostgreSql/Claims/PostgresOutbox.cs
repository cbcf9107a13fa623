using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.PostgreSql.Claims;

/// <summary>Claims the messages that are due.</summary>
internal sealed class PostgresOutbox(PostgresConnections connections, IStoreQueries queries, ClaimPositions positions, FullDisk disk, TimeSpan claimTimeout) : IOutboxStore
{
    // A claim deletes its rows in its own commit, so no row is left that a consumer could settle.
    public bool CanWaitForConsumers => false;

    public Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken) =>
        disk.WatchAsync(() => PostgresErrors.Translate(() => PostgresClaim.ClaimAsync(connections, positions, disk, limit, claimTimeout, cancellationToken)), _ => false);

    // One priority after the other, as in the index. Messages that wait for another task are due at infinity.
    public async Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken)
    {
        var rows = await queries.QueryAsync(
            """
            SELECT extract(epoch FROM min(next.due_at) - clock_timestamp())::float8
            FROM (VALUES (0), (1), (2)) AS level (priority)
            CROSS JOIN LATERAL (SELECT due_at FROM messaging.outbox WHERE priority = level.priority AND due_at < 'infinity' ORDER BY due_at LIMIT 1) AS next
            """,
            [],
            reader => reader.IsDBNull(0) ? (TimeSpan?)null : TimeSpan.FromSeconds(reader.GetDouble(0)),
            cancellationToken);
        if (rows[0] <= TimeSpan.Zero)
        {
            positions.Reset(); // the row may be before the positions
        }

        return rows[0];
    }

    // Nothing to do: the server rolls back the claim of a process that died, because it is an open transaction.
    public Task RecoverAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReleaseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
