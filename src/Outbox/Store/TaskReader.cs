using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Reads a task from columns that both dialects select in the same order.</summary>
internal static class TaskReader
{
    public const string Columns = $"id, {OtherColumns}";

    /// <summary>All but the id.</summary>
    public const string OtherColumns =
        """
        kind, state, attempts, created_at, started_at, finished_at, next_attempt_at, last_error,
        queue, worker, progress, progress_text, result, redrives, trace_id, run_again_of
        """;

    public static TaskRecord Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Kind = reader.GetString(1),
        State = (TaskState)reader.GetInt16(2),
        Attempts = reader.GetInt32(3),
        CreatedAt = reader.Time(4)!.Value,
        StartedAt = reader.Time(5),
        FinishedAt = reader.Time(6),
        NextAttemptAt = reader.Time(7),
        LastError = reader.Text(8),
        Queue = reader.Text(9),
        Worker = reader.Text(10),
        Progress = reader.IsDBNull(11) ? null : reader.GetInt16(11),
        ProgressText = reader.Text(12),
        Result = reader.Text(13) is { } json ? JsonText.Parse(json) : null,
        Redrives = reader.GetInt32(14),
        TraceId = reader.IsDBNull(15) ? null : reader.GetGuid(15).ToString("N"),
        RunAgainOf = reader.IsDBNull(16) ? null : reader.GetGuid(16),
    };
}
