using System.Data.Common;
using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Figures;

/// <summary>
/// One statement takes the lease, adds up the deltas and reads the figures. Its transaction is REPEATABLE READ: all figures are from
/// one snapshot, and a reporter whose statement overlaps with that of another one fails instead of counting twice. The lock comes
/// before the snapshot: a partition that is dropped meanwhile must not be gone from the catalogue while its rows have not moved yet.
/// </summary>
internal sealed class PostgresFigures(PostgresConnections connections, ISqlDialect dialect) : IFigureStore
{
    /// <summary>Rows that are added up in a second or two.</summary>
    private const int Step = 100_000;

    private const string IsHeld = "EXISTS (SELECT FROM lease)", IsShown = $"{IsHeld} AND $9 = 1";

    private readonly string _statement = connections.Names.In($"""
        {Adding("true")}
        SELECT '{FigureSql.Tasks}', state::text, tasks, NULL::timestamptz FROM totals
        UNION ALL SELECT '{FigureSql.Accepted}', NULL, sum(accepted)::bigint, NULL FROM totals HAVING count(*) > 0
        UNION ALL SELECT '{FigureSql.Off}', NULL, sum(off)::bigint, NULL FROM totals HAVING count(*) > 0
        UNION ALL SELECT '{FigureSql.Connections}', NULL, (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()), NULL WHERE {IsShown}
        UNION ALL SELECT '{FigureSql.Size}', NULL, pg_database_size(current_database()), NULL WHERE {IsShown}
        UNION ALL {FigureSql.Select(dialect, IsShown)}
        """);

    private readonly string _step = connections.Names.In(
        $"{Adding($"ctid = ANY (ARRAY(SELECT ctid FROM messaging.task_deltas LIMIT {Step}))")} SELECT count(*) FROM gone");

    private readonly string _release = connections.Names.In("UPDATE messaging.reporter SET holder = NULL, exports = 0, held_until = clock_timestamp() WHERE holder = $1");

    public Task<IReadOnlyList<Figure>?> ReadAsync(FigureTurn turn, CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IReadOnlyList<Figure>?>(async () =>
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            await BeginAsync(connection, "REPEATABLE READ", cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL lock_timeout = '1s'"));
            batch.BatchCommands.Add(Command(_statement, turn));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            try
            {
                var figures = await ReadAsync(batch, FigureSql.Read, cancellationToken);
                return figures.Count > 0 ? figures : null;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable)
            {
                return null; // another process is reading, or was faster
            }
        });

    public Task CatchUpAsync(FigureTurn turn, CancellationToken cancellationToken) => PostgresErrors.Translate(async () =>
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        var added = (long)Step;
        while (added == Step)
        {
            await BeginAsync(connection, "READ COMMITTED", cancellationToken);
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command(_step, turn), new NpgsqlBatchCommand("COMMIT") } };
            added = (await ReadAsync(batch, reader => reader.GetInt64(0), cancellationToken))[0];
        }

        return true;
    });

    public Task ReleaseAsync(Guid holder, CancellationToken cancellationToken) => PostgresErrors.Translate(async () =>
    {
        await using var connection = await connections.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(_release, connection);
        command.Parameters.Add(TypedParameter.Parameter(holder));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    public Task<IReadOnlyList<long>> CountRowsAsync(CancellationToken cancellationToken) =>
        PostgresErrors.Translate<IReadOnlyList<long>>(async () =>
        {
            await using var connection = await connections.OpenAsync(cancellationToken);
            await BeginAsync(connection, "READ COMMITTED READ ONLY", cancellationToken);
            await connection.ExecuteAsync(RoleLimits.LiftForWork, cancellationToken);
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0 }; // its caller says how long it may take
            batch.BatchCommands.Add(new NpgsqlBatchCommand(connections.Names.In(FigureSql.CountRows)));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            return FigureSql.Differences(await ReadAsync(batch, reader => ((int)reader.GetInt16(0), reader.GetInt64(1)), cancellationToken));
        });

    // SET and LOCK take no snapshot; SELECT set_config(…) would. In a batch of its own, because a lock that is not to be had means something else here.
    private async Task BeginAsync(NpgsqlConnection connection, string mode, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"BEGIN ISOLATION LEVEL {mode}"),
                new NpgsqlBatchCommand("SET LOCAL jit = off"),
                new NpgsqlBatchCommand("SET LOCAL lock_timeout = '5s'"),
                new NpgsqlBatchCommand(connections.Names.In("LOCK TABLE messaging.tasks IN ACCESS SHARE MODE")),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlBatch batch, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = await reader.ReadAllAsync(read, cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
            // the commit has to succeed
        }

        return rows;
    }

    private static NpgsqlBatchCommand Command(string statement, FigureTurn turn)
    {
        var command = new NpgsqlBatchCommand(statement);
        command.Parameters.Add(TypedParameter.Parameter(turn.Now.UtcDateTime));
        command.Parameters.Add(TypedParameter.Parameter(turn.AliveSince.UtcDateTime));
        command.Parameters.Add(TypedParameter.Parameter(turn.Holder));
        command.Parameters.Add(TypedParameter.Parameter((short)(turn.Exports ? 1 : 0)));
        command.Parameters.Add(TypedParameter.Parameter(turn.HoldFor));
        command.Parameters.Add(TypedParameter.Parameter(FigureTurn.LongestHold));
        command.Parameters.Add(TypedParameter.Parameter(FigureSql.CountsAreKept));
        command.Parameters.Add(TypedParameter.Parameter<long[]>([.. turn.Off]));
        command.Parameters.Add(TypedParameter.Parameter((short)(turn.ReadsAll ? 1 : 0)));
        return command;
    }

    /// <summary>Takes the lease and adds up changes, which a condition chooses.</summary>
    private static string Adding(string which) =>
        $"""
        WITH lease AS (
            UPDATE messaging.reporter SET holder = $3, exports = $4, held_until = clock_timestamp() + $5
            WHERE holder = $3 OR held_until NOT BETWEEN clock_timestamp() AND clock_timestamp() + $6 OR exports < $4
            RETURNING 1),
        gone AS (DELETE FROM messaging.task_deltas WHERE {IsHeld} AND {which} RETURNING at, queue, state, accepted, tasks, attempts),
        minutes AS (
            INSERT INTO messaging.task_counts AS c (minute, queue, accepted, attempts, succeeded, failed, cancelled)
            SELECT date_trunc('minute', at), coalesce(queue, ''), sum(accepted), sum(attempts), {Sum(TaskState.Succeeded)}, {Sum(TaskState.Failed)}, {Sum(TaskState.Cancelled)}
            FROM gone WHERE at IS NOT NULL AND state >= 0 GROUP BY 1, 2
            ON CONFLICT (minute, queue) DO UPDATE SET accepted = c.accepted + excluded.accepted, attempts = c.attempts + excluded.attempts,
                succeeded = c.succeeded + excluded.succeeded, failed = c.failed + excluded.failed, cancelled = c.cancelled + excluded.cancelled),
        aged AS (DELETE FROM messaging.task_counts WHERE {IsHeld} AND minute < clock_timestamp() - $7),
        summed AS (SELECT state, sum(accepted) AS accepted, sum(tasks) AS tasks FROM gone GROUP BY state),
        totals AS (
            UPDATE messaging.task_totals AS t SET accepted = t.accepted + coalesce(s.accepted, 0), tasks = t.tasks + coalesce(s.tasks, 0),
                off = coalesce($8[t.state + 1], t.off)
            FROM generate_series(-1, 8) AS g (state) LEFT JOIN summed AS s ON s.state = g.state
            WHERE t.state = g.state AND {IsHeld}
            RETURNING t.state, t.accepted, t.tasks, t.off)
        """;

    private static string Sum(TaskState state) => $"coalesce(sum(tasks) FILTER (WHERE state = {(int)state}), 0)";
}
