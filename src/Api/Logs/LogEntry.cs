using System.Text.Json;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Api.Logs;

/// <summary>An entry of the activity log.</summary>
/// <param name="Id">A UUIDv7: entries are ordered by it, and so by time. It is the task's, if there was one.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Message">What happened.</param>
/// <param name="Properties">Further facts by name.</param>
/// <param name="LoggedAt">When it happened.</param>
internal sealed record LogEntry(
    Guid Id, LogSeverity Level, string Message, IReadOnlyDictionary<string, string> Properties, DateTimeOffset LoggedAt)
{
    /// <summary>A page of entries, newest first. Time is found by the key, which begins with it: there is no other index to write.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static Task<Page<LogEntry>> ListAsync(IStoreReader store, LogQuery query, CancellationToken cancellationToken) => store.PageAsync(
        "activity_log",
        "id, level, message, properties, logged_at",
        new SqlFilter()
            .And("id <", query.After)
            .And("id >=", query.FromTime is { } from ? Uuid7.LowerBound(from) : null)
            .And("id <", query.BeforeTime is { } before ? Uuid7.LowerBound(before) : null),
        match => Match(match, query),
        query.Limit,
        row => new LogEntry(
            row.GetGuid(0),
            (LogSeverity)row.GetInt16(1),
            row.GetString(2),
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(3)) ?? [],
            row.GetFieldValue<DateTimeOffset>(4)),
        scanLimit: 5_000, // an entry may have some 50 KB
        cancellationToken);

    private static void Match(SqlFilter match, LogQuery query)
    {
        match.AndContains("message", query.Text);
        if (query.Levels.Count > 0)
        {
            match.And($"level IN ({string.Join(", ", query.Levels.Select(level => (int)level))})");
        }

        foreach (var (name, value) in query.Properties)
        {
            // As the worker writes it. Quotes within are escaped, so the pair is found as a pair only; LIKE is not the same in both databases.
            var pair = match.Parameter($"{JsonSerializer.Serialize(name)}:{JsonSerializer.Serialize(value)}");
            match.And($"replace(properties, {pair}, '') <> properties");
        }
    }
}
