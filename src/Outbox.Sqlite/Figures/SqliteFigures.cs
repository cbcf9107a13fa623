using Messaging.Outbox.Sqlite.Connections;
using Messaging.Outbox.Store;
using Microsoft.Data.Sqlite;

namespace Messaging.Outbox.Sqlite.Figures;

/// <summary>The same steps as for PostgreSQL, in one transaction of the only writer.</summary>
internal sealed class SqliteFigures(SqliteDatabase database, ISqlDialect dialect) : IFigureStore
{
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

    private static readonly string CountRows =
        $"""
        UPDATE messaging.task_totals AS t SET off = coalesce(s.tasks, 0) - t.tasks
        FROM (SELECT o.state, n.tasks FROM messaging.task_totals AS o LEFT JOIN (
            SELECT state, count(*) AS tasks FROM messaging.tasks WHERE state NOT IN ({FigureSql.Ended}) GROUP BY state) AS n ON n.state = o.state) AS s
        WHERE s.state = t.state AND t.state >= 0 AND t.state NOT IN ({FigureSql.Ended})
        """;

    private readonly string _select =
        $"""
        SELECT '{FigureSql.Tasks}', CAST(state AS TEXT), tasks, NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Accepted}', NULL, sum(accepted), NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Off}', NULL, sum(off), NULL FROM messaging.task_totals
        UNION ALL SELECT '{FigureSql.Size}', NULL, (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size), NULL
        UNION ALL {FigureSql.Select(dialect, "1 = 1")}
        """;

    public Task<IReadOnlyList<Figure>?> ReadAsync(FigureTurn turn, CancellationToken cancellationToken) =>
        database.WriteAsync((connection, transaction) => Read(connection, transaction, turn), cancellationToken);

    private IReadOnlyList<Figure>? Read(PreparedConnection connection, SqliteTransaction transaction, FigureTurn turn)
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
            return null;
        }

        connection.Execute(transaction, AddMinutes);
        connection.Execute(transaction, AddTotals);
        connection.Execute(transaction, "DELETE FROM messaging.task_deltas");
        connection.Execute(transaction, "DELETE FROM messaging.task_counts WHERE minute < $1", new StoreTime(turn.Now - FigureSql.CountsAreKept));
        if (turn.CountsRows)
        {
            connection.Execute(transaction, CountRows);
        }

        var figures = new List<Figure>();
        using var reader = connection.Prepare(transaction, _select, new StoreTime(turn.Now), new StoreTime(turn.AliveSince)).ExecuteReader();
        while (reader.Read())
        {
            figures.Add(FigureSql.Read(reader));
        }

        return figures;
    }

    private static string Sum(TaskState state) => $"coalesce(sum(tasks) FILTER (WHERE state = {(int)state}), 0)";
}
