using Messaging.Outbox.AspNetCore;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Data;

/// <summary><c>GET /data</c>: counts of users and log entries. The audit log records each reader (<c>Audits</c>).</summary>
internal static class DataEndpoint
{
    private const int CountTo = 100_000;

    private static readonly string CountUsers = $"SELECT count(*) FROM (SELECT 1 FROM users LIMIT {CountTo}) AS counted";

    private static readonly string CountEntries =
        $"""
        SELECT level, count(*) FROM (SELECT level FROM activity_log WHERE id >= $1 ORDER BY id DESC LIMIT {CountTo}) AS counted
        GROUP BY level ORDER BY level
        """;

    public static void MapData(this IEndpointRouteBuilder routes) => routes.MapGet("/data", HandleAsync)
        .WithName("Data")
        .WithTags("Data")
        .WithSummary("The number of users, and of log entries in the last 24 hours")
        .WithDescription("Each request is recorded in the audit log with its caller. Counts stop at 100,000.")
        .RequireRead()
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .Audits("data.read", "/data");

    private static async Task<Ok<DataSummary>> HandleAsync(
        IStoreReader store, StoreClock time, CancellationToken cancellationToken)
    {
        var users = await store.QueryAsync(CountUsers, [], row => row.GetInt64(0), cancellationToken);
        var entries = await store.QueryAsync(
            CountEntries,
            [Uuid7.LowerBound(time.GetUtcNow().AddDays(-1))],
            row => (Level: (LogSeverity)row.GetInt16(0), Count: row.GetInt64(1)),
            cancellationToken);
        return TypedResults.Ok(new DataSummary(users[0], entries.ToDictionary(e => e.Level.ToString(), e => e.Count, StringComparer.Ordinal)));
    }
}

/// <summary>Counts of users and log entries.</summary>
/// <param name="Users">Registered users, counted up to 100,000.</param>
/// <param name="LoggedLastDay">Entries of the activity log of the last 24 hours by level, of the newest 100,000.</param>
internal sealed record DataSummary(long Users, IReadOnlyDictionary<string, long> LoggedLastDay);
