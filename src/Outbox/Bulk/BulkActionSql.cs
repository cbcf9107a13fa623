using System.Data.Common;
using System.Globalization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>SQL of bulk actions: the same for both dialects.</summary>
internal static class BulkActionSql
{
    /// <summary>The maximum number of bulk actions that run at the same time.</summary>
    public const int MaxRunning = 10;

    public const string Columns =
        """
        id, subject, action, filter, queue, successors, who, started_at, state, total, total_is_exact, done, changed, skipped, coalesce(error, reason), ended_at,
        CASE WHEN state = 0 AND failures > 0 AND holder IS NULL AND held_until > started_at THEN held_until END, up_to, step, position, failures, size, failing_since
        """;

    public const string SelectOne = $"SELECT {Columns} FROM messaging.bulk_actions WHERE id = $1";

    /// <summary>Whether there may be an action to take; unlike <see cref="Take"/> it needs no writer of SQLite.</summary>
    public const string SelectAny = "SELECT 1 FROM messaging.bulk_actions WHERE state = 0 LIMIT 1";

    public static readonly string Insert =
        $"""
        INSERT INTO messaging.bulk_actions (id, subject, action, filter, queue, successors, who, started_at, up_to, total, total_is_exact, held_until)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 WHERE (SELECT count(*) FROM messaging.bulk_actions WHERE state = 0) < {MaxRunning.ToString(CultureInfo.InvariantCulture)}
        """;

    /// <summary>
    /// Moves to the next step, which locks the row: of two processes that hold the same step one changes nothing, and neither does one whose
    /// action was stopped.
    /// </summary>
    public const string Advance =
        """
        UPDATE messaging.bulk_actions SET step = step + 1, position = coalesce($4, position), held_until = $5, size = $6, failures = 0, failing_since = NULL,
            error = CASE WHEN failures = 0 THEN error END
        WHERE id = $1 AND step = $2 AND holder = $3 AND state = 0
        """;

    public const string Count =
        "UPDATE messaging.bulk_actions SET done = done + $2 + $3, changed = changed + $2, skipped = skipped + $3, reason = coalesce($4, reason) WHERE id = $1";

    public const string End = "UPDATE messaging.bulk_actions SET state = $2, ended_at = $3, holder = NULL WHERE id = $1 AND state = 0";

    /// <summary>Counts a failure and lets go of the action: any process takes it again after the pause, and this one goes on with others meanwhile.</summary>
    public const string Fail =
        """
        UPDATE messaging.bulk_actions SET failures = failures + 1, error = $4, holder = NULL, held_until = $5, size = $6, failing_since = coalesce(failing_since, $7)
        WHERE id = $1 AND step = $2 AND holder = $3 AND state = 0
        """;

    public const string Release = "UPDATE messaging.bulk_actions SET holder = NULL, held_until = $2 WHERE holder = $1 AND state = 0";

    /// <summary>Takes the oldest action that nobody holds, or one that this process holds. A time in the far future comes from a clock that was wrong.</summary>
    /// <param name="dialect">The store, for its dialect.</param>
    /// <param name="except">How many actions it does not take; their ids are parameters from <c>$5</c> on. <c>$4</c> is the latest time until which one may be held.</param>
    public static string Take(ISqlDialect dialect, int except)
    {
        var others = except == 0 ? "" : $" AND id NOT IN ({SqlFilter.Numbered(except, 5)})";
        var free = $"state = 0 AND (holder = $1 OR held_until NOT BETWEEN $2 AND $4){others}";
        return $"""
            UPDATE messaging.bulk_actions SET holder = $1, held_until = $3
            WHERE id = (SELECT id FROM messaging.bulk_actions WHERE {free} ORDER BY id LIMIT 1 {dialect.SkipLocked}) AND {free} RETURNING {Columns}
            """;
    }

    public static BulkAction Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Subject = (BulkSubject)reader.GetInt16(1),
        Action = (BulkActionKind)reader.GetInt16(2),
        Filter = JsonText.Parse(reader.GetString(3)),
        Queue = reader.Text(4),
        Successors = (SuccessorPolicy)reader.GetInt16(5),
        Who = reader.GetString(6),
        StartedAt = reader.Time(7)!.Value,
        State = (BulkActionState)reader.GetInt16(8),
        Total = reader.GetInt64(9),
        TotalIsExact = reader.GetInt16(10) != 0,
        Done = reader.GetInt64(11),
        Changed = reader.GetInt64(12),
        Skipped = reader.GetInt64(13),
        Error = reader.Text(14),
        EndedAt = reader.Time(15),
        NextAttemptAt = reader.Time(16),
    };

    public static RunningBulkAction ReadRunning(DbDataReader reader) => new()
    {
        Action = Read(reader),
        UpTo = reader.Time(17)!.Value,
        Step = reader.GetInt32(18),
        Position = reader.IsDBNull(19) ? null : reader.GetGuid(19),
        Failures = reader.GetInt32(20),
        Size = Math.Clamp(reader.GetInt32(21), 1, BulkStepSize.Max),
        FailingSince = reader.Time(22),
    };
}
