using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// The indexes that no script builds, since their tables may be large: after the migration, so that no other process waits for them. A build waits for all
/// transactions that are open, a backup for instance; that has a limit, since the processes of the new version start after the migration
/// (docs/decisions/0059).
/// </summary>
internal sealed partial class LateIndexes(NpgsqlDataSource source, TableNames names, TimeSpan longestWait, ILogger logger)
{
    private static readonly IReadOnlyList<(string Name, string Columns)>
        OfAudit = [("audit_target", "(target, id)"), ("audit_who", "(who, id)"), ("audit_action", "(action, id)")],
        OfDeadLetters =
        [
            ("dead_letters_waiting", "(group_id, id) INCLUDE (queue, dead_at) WHERE state = 0"), // groups by an index alone, whatever the size of the letters
            ("dead_letters_ended", "(ended_at) WHERE ended_at IS NOT NULL"), // what is past its retention: without it each clean-up reads all that are decided
        ],
        OfUniqueTasks = [("unique_tasks_until", "(until)")];

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        await using var turn = await MigrationTurn.TryTakeForIndexesAsync(source, cancellationToken);
        if (turn is null)
        {
            return; // another process builds them
        }

        await using var connection = source.CreateConnection();
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync($"SET lock_timeout = {(long)longestWait.TotalMilliseconds}", cancellationToken);
        await connection.ExecuteAsync(RoleLimits.LiftForSession, cancellationToken); // a role's own would end the build, and the next start would begin anew
        var indexes = new TableIndexes(connection, names, logger);
        try
        {
            await TryBuildAsync("traces", new PartitionIndex(connection, names, logger).BuildAsync, cancellationToken);
            await TryBuildAsync("the audit", token => indexes.BuildAsync("messaging.audit", "the audit", OfAudit, token), cancellationToken);
            await TryBuildAsync("dead letters", token => BuildDeadLettersAsync(indexes, token), cancellationToken);
            await TryBuildAsync("unique tasks", token => indexes.BuildAsync("messaging.unique_tasks", "unique tasks", OfUniqueTasks, token), cancellationToken);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await connection.ExecuteAsync("RESET lock_timeout", CancellationToken.None); // a pooler gives the session to another client
                await connection.ExecuteAsync(RoleLimits.Restore, CancellationToken.None);
            }
        }
    }

    private static async Task BuildDeadLettersAsync(TableIndexes indexes, CancellationToken cancellationToken)
    {
        await indexes.BuildAsync("messaging.dead_letters", "dead letters", OfDeadLetters, cancellationToken);
        await indexes.DropAsync("dead_letters_group", cancellationToken); // that of the first script, which dead_letters_waiting replaces
    }

    private async Task TryBuildAsync(string what, Func<CancellationToken, Task> build, CancellationToken cancellationToken)
    {
        try
        {
            await build(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected) // with a newer version's script
        {
            LogPostponed(what, longestWait.TotalSeconds);
        }
    }

    [LoggerMessage(
        EventId = 1816, EventName = "IndexPostponed", Level = LogLevel.Warning,
        Message = "An index of {What} is not built yet: another transaction has been open for more than {Seconds:0} s. What it is for is searched without it; find it in pg_stat_activity, and migrate again when it has ended")]
    private partial void LogPostponed(string what, double seconds);
}
