using System.Collections.Concurrent;
using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Sqlite.Claims;

/// <summary>Claims the messages that are due.</summary>
internal sealed class SqliteOutbox(SqliteDatabase database, TimeProvider time) : IOutboxStore
{
    // Messages of failed claims that could not be released, because the database could not be written.
    private readonly ConcurrentQueue<long> _toGiveBack = new();

    private volatile bool _hasRecovered;

    public bool CanWaitForConsumers => true;

    public async Task<IOutboxClaim> ClaimAsync(
        int limit, Func<OutboxMessage, int>? settlements, CancellationToken cancellationToken)
    {
        // Reads first: a claim that finds nothing would cost an fsync and block other writers.
        var anyDue = await UntilNextDueAsync(cancellationToken) <= TimeSpan.Zero;
        await SqliteClaim.GiveBackAsync(database, _toGiveBack, cancellationToken);
        var claimed = anyDue
            ? await database.WriteAsync((c, t) => SqliteClaim.Claim(c, t, limit, settlements, time), cancellationToken)
            : [];
        return new SqliteClaim(database, time, claimed, settlements, _toGiveBack);
    }

    public Task<TimeSpan?> UntilNextDueAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(connection => SqliteClaim.UntilNextDue(connection, time), cancellationToken);

    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            (connection, transaction) =>
                connection.Execute(transaction, "UPDATE messaging.outbox SET in_flight = 0, attempts = attempts + 1, awaiting = 0 WHERE in_flight = 1"),
            cancellationToken);
        _hasRecovered = true;
    }

    // Without a recovery, what is in flight is that of an earlier process, which may have died of it.
    public Task ReleaseAsync(CancellationToken cancellationToken) => !_hasRecovered ? Task.CompletedTask : database.WriteAsync(
        (connection, transaction) => connection.Execute(transaction, "UPDATE messaging.outbox SET in_flight = 0, awaiting = 0 WHERE in_flight = 1"),
        cancellationToken);
}
