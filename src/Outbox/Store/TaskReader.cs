using System.Data.Common;

namespace Messaging.Outbox.Store;

/// <summary>Reads a task from columns that both dialects select in the same order.</summary>
internal static class TaskReader
{
    public static TaskRecord Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Kind = reader.GetString(1),
        State = (TaskState)reader.GetInt16(2),
        Attempts = reader.GetInt32(3),
        CreatedAt = Time(reader, 4)!.Value,
        StartedAt = Time(reader, 5),
        FinishedAt = Time(reader, 6),
        NextAttemptAt = Time(reader, 7),
        LastError = reader.IsDBNull(8) ? null : reader.GetString(8),
    };

    // SQLite keeps times as milliseconds since 1970, PostgreSQL as timestamptz.
    private static DateTimeOffset? Time(DbDataReader reader, int ordinal) => reader.GetValue(ordinal) switch
    {
        DBNull => null,
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        _ => reader.GetFieldValue<DateTimeOffset>(ordinal),
    };
}
