namespace Messaging.Outbox.Store;

/// <summary>A time in the outbox's own tables: timestamptz in PostgreSQL, milliseconds since 1970 in SQLite.</summary>
internal readonly record struct StoreTime(DateTimeOffset Value)
{
    public static StoreTime? Of(DateTimeOffset? value) => value is { } time ? new StoreTime(time) : null;
}
