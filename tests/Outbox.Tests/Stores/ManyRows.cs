namespace Messaging.Outbox.Tests.Stores;

/// <summary>Rows of lists by the thousand, made in the database.</summary>
internal static class ManyRows
{
    /// <summary>SQL of a UUIDv7 of a number: the higher, the later. The text of a SQLite store is upper case.</summary>
    private const string Id = "'019AD000-0000-7000-8000-' || substr('000000000000' || i, -12)", PostgresId = "('019ad000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid";

    public static Guid IdOf(int number) => Guid.Parse($"019ad000-0000-7000-8000-{number:D12}");

    /// <summary>Dead letters of two kilobytes, each group of which follows the other; number 100 is of a queue of its own.</summary>
    public static Task AddLettersAsync(this StoreUnderTest store, int count, int groups) => store.FillAsync(
        "dead_letters",
        "id, queue, reason, exception_type, throw_site, group_id, error, headers, destination, content_type, metadata, body, dead_at",
        count,
        isPostgres => $"""
            {IdSql(isPostgres)}, CASE WHEN i = 100 THEN 'rare' ELSE 'mail' END, 'Failed', 'Ex', 'Send' || (i % {groups}), {(isPostgres ? $"md5((i % {groups})::text)::uuid" : $"'019AD000-0000-7000-9000-' || substr('000000000000' || (i % {groups}), -12)")},
            'timed out', '{Filler(isPostgres)}', 'd', 'c', '{"{}"}', {(isPostgres ? "'\\x00'::bytea" : "x'00'")}, {TimeSql(isPostgres)}
            """);

    /// <summary>Entries of the audit, of which three are of another key and another action.</summary>
    public static Task AddAuditAsync(this StoreUnderTest store, int count) => store.FillAsync(
        "audit",
        "id, at, who, action, target, details",
        count,
        isPostgres => $"{IdSql(isPostgres)}, {TimeSql(isPostgres)}, CASE WHEN i IN (1, 2, 3) THEN 'rare' ELSE 'ann' END, CASE WHEN i IN (4, 5, 6) THEN 'queue.purge' ELSE 'task.add' END, 'x', '{Filler(isPostgres)}'");

    /// <summary>Tasks with one key.</summary>
    public static async Task AddKeyedAsync(this StoreUnderTest store, int count)
    {
        await store.FillAsync("tasks", "id, kind, state, created_at", count, isPostgres => $"{IdSql(isPostgres)}, 'K', 5, {TimeSql(isPostgres)}");
        await store.FillAsync("task_keys", "name, value, task_id", count, isPostgres => $"'tenant', 'acme', {IdSql(isPostgres)}");
    }

    private static Task FillAsync(this StoreUnderTest store, string table, string columns, int count, Func<bool, string> row)
    {
        var isPostgres = store is not SqliteUnderTest;
        var numbers = isPostgres ? $"generate_series(1, {count}) AS i" : $"(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)";
        return store.ExecuteAsync($"INSERT INTO {store.NameOf(table)} ({columns}) SELECT {row(isPostgres)} FROM {numbers}");
    }

    private static string IdSql(bool isPostgres) => isPostgres ? PostgresId : Id;

    private static string TimeSql(bool isPostgres) => isPostgres ? "now()" : "unixepoch('subsec') * 1000";

    private static string Filler(bool isPostgres) => $$"""{"x":"{{new string('x', isPostgres ? 1_500 : 10)}}"}""";
}
