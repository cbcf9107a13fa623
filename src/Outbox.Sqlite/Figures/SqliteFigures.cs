using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Figures;

/// <summary>
/// The same steps as for PostgreSQL. The only writer takes the lease and adds up, which is short; what has to be searched is read beside it,
/// each time in one statement, and so from one snapshot.
/// </summary>
internal sealed class SqliteFigures(SqliteDatabase database, IStoreQueries queries, ISqlDialect dialect) : IFigureStore
{
    private const string IsShown = "$3 = 1";

    private const string TakeLease =
        """
        UPDATE messaging.reporter SET holder = $1, exports = $2, held_until = $4
        WHERE holder = $1 OR held_until NOT BETWEEN $3 AND $5 OR exports < $2
        """;

    // Without the WHERE, SQLite takes ON CONFLICT for a join.
    private static readonly string AddMinutes =
        $"""
        INSERT INTO messaging.task_counts AS c (minute, queue, accepted, attempts, succeeded, failed, cancelled)
        SELECT at - at % 60000, coalesce(queue, ''), sum(accepted), sum(attempts), {Sum(TaskState.Succeeded)}, {Sum(TaskState.Failed)}, {Sum(TaskState.Cancelled)}
        FROM messaging.task_deltas WHERE at IS NOT NULL AND state >= 0 GROUP BY 1, 2
        ON CONFLICT (minute, queue) DO UPDATE SET accepted = c.accepted + excluded.accepted, attempts = c.attempts + excluded.attempts,
            succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed, cancelled = c.cancelled + excluded.cancelled
        """;

    private const string AddTotals =
        """
        UPDATE messaging.task_totals AS t SET accepted = t.accepted + s.accepted, tasks = t.tasks + s.tasks
        FROM (SELECT state, sum(accepted) AS accepted, sum(tasks) AS tasks FROM messaging.task_deltas GROUP BY state) AS s WHERE s.state = t.state
        """;

    private readonly string _whenSent = Select(dialect, consumersSettle: false), _whenSettled = Select(dialect, consumersSettle: true);

    private static string Select(ISqlDialect dialect, bool consumersSettle) =>
        $"""
        SELECT '{FigureSql.Tasks}', CAST(state AS TEXT), tasks, NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Accepted}', NULL, sum(accepted), NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Off}', NULL, sum(off), NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Size}', NULL, (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size), NULL WHERE {IsShown}
        UNION ALL {FigureSql.Select(dialect, IsShown, consumersSettle)}
        """;

    public async Task<IReadOnlyList<Figure>?> ReadAsync(FigureTurn turn, CancellationToken cancellationToken) =>
        await database.WriteAsync((connection, transaction) => TryAddUp(connection, transaction, turn), cancellationToken)
            ? await queries.QueryAsync(
                turn.ConsumersSettle ? _whenSettled : _whenSent,
                [new StoreTime(turn.Now), new StoreTime(turn.AliveSince), turn.ReadsAll ? 1 : 0],
                FigureSql.Read,
                cancellationToken)
            : null;

    public Task CatchUpAsync(FigureTurn turn, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReleaseAsync(Guid holder, CancellationToken cancellationToken) => database.WriteAsync(
        (connection, transaction) => connection.Execute(transaction, "UPDATE messaging.reporter SET holder = NULL, exports = 0, held_until = 0 WHERE holder = $1", holder), cancellationToken);

    public async Task<IReadOnlyList<long>> CountRowsAsync(CancellationToken cancellationToken) =>
        FigureSql.Differences(await queries.QueryAsync(FigureSql.CountRows, [], reader => (reader.GetInt32(0), reader.GetInt64(1)), cancellationToken));

    /// <returns>False if another process holds the lease.</returns>
    private static bool TryAddUp(PreparedConnection connection, SqliteTransaction transaction, FigureTurn turn)
    {
        var held = connection.Execute(
            transaction,
            TakeLease,
            turn.Holder,
            turn.Exports ? 1 : 0,
            new StoreTime(turn.Now),
            new StoreTime(turn.Now + turn.HoldFor),
            new StoreTime(turn.Now + FigureTurn.LongestHold));
        if (held == 0)
        {
            return false;
        }

        connection.Execute(transaction, AddMinutes);
        connection.Execute(transaction, AddTotals);
        connection.Execute(transaction, "DELETE FROM messaging.task_deltas");
        connection.Execute(transaction, "DELETE FROM messaging.task_counts WHERE minute < $1", new StoreTime(turn.Now - FigureSql.CountsAreKept));
        for (var state = 0; state < turn.Off.Count; state++)
        {
            connection.Execute(transaction, "UPDATE messaging.task_totals SET off = $1 WHERE state = $2", turn.Off[state], state);
        }

        return true;
    }

    private static string Sum(TaskState state) => $"coalesce(sum(tasks) FILTER (WHERE state = {(int)state}), 0)";
}
