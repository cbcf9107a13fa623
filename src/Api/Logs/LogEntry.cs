using System.Text.Encodings.Web;
using System.Text.Json;
using Messaging.Contracts;
using Messaging.Outbox;

namespace Messaging.Api.Logs;

/// <summary>An entry of the activity log.</summary>
/// <param name="Id">A UUIDv7, which orders entries by time. It equals the task's id if a task wrote the entry.</param>
/// <param name="Level">The severity.</param>
/// <param name="Message">What happened.</param>
/// <param name="Source">Who wrote it.</param>
/// <param name="Properties">Additional properties by name.</param>
/// <param name="LoggedAt">When it happened.</param>
internal sealed record LogEntry(
    Guid Id, LogSeverity Level, LogSource Source, string Message, IReadOnlyDictionary<string, string> Properties, DateTimeOffset LoggedAt)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a page of entries, newest first. The key begins with the time, so the time filters need no other index.</summary>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    public static Task<Page<LogEntry>> ListAsync(IStoreReader store, LogQuery query, bool hidesAddresses, CancellationToken cancellationToken) => store.PageAsync(
        "activity_log",
        "id, level, source, message, properties, logged_at",
        new SqlFilter()
            .And("id <", query.After)
            .And("id >=", query.From is { } from ? Uuid7.LowerBound(from.Value) : null)
            .And("id <", query.Before is { } before ? Uuid7.LowerBound(before.Value) : null),
        match => Match(match, query, hidesAddresses),
        query.Size(),
        row => new LogEntry(
            row.GetGuid(0),
            (LogSeverity)row.GetInt16(1),
            (LogSource)row.GetInt16(2),
            row.GetString(3),
            JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(4)) ?? [],
            row.GetFieldValue<DateTimeOffset>(5)),
        scanLimit: 5_000, // bounds the bytes read: an entry has up to Logs:MaxEntryBytes, older ones up to some 50 KB
        cancellationToken);

    private static void Match(SqlFilter match, LogQuery query, bool hidesAddresses)
    {
        match.AndContains("message", query.Text, hidesAddresses);
        if (query.Level is { } levels)
        {
            match.And($"level IN ({string.Join(", ", levels.All.Select(level => (int)level))})");
        }

        if (query.Source is { } sources)
        {
            match.And($"source IN ({string.Join(", ", sources.All.Select(source => (int)source))})");
        }

        foreach (var (name, value) in query.Pairs())
        {
            // Matches the encoded pair, both as workers write it now and as they did before. Quotes inside a value are escaped,
            // so the search finds whole pairs only. It uses replace() because LIKE differs between the two databases.
            var pairs = new[] { Pair(name, value, Relaxed), Pair(name, value, JsonSerializerOptions.Default) }.Distinct();
            match.And($"({string.Join(" OR ", pairs.Select(pair => $"replace(properties, {match.Parameter(pair)}, '') <> properties"))})");
        }
    }

    private static string Pair(string name, string value, JsonSerializerOptions options) =>
        $"{JsonSerializer.Serialize(name, options)}:{JsonSerializer.Serialize(value, options)}";
}
