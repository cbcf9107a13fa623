namespace Messaging.Outbox.Store;

/// <summary>A moment as the outbox's own tables keep it: timestamptz in PostgreSQL, milliseconds since 1970 in SQLite.</summary>
internal readonly record struct StoreTime(DateTimeOffset Value)
{
    public static StoreTime? Of(DateTimeOffset? value) => value is { } time ? new StoreTime(time) : null;
}
