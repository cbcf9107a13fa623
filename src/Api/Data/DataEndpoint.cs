using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Http;
using Messaging.Contracts;
using Messaging.Outbox;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Messaging.Api.Data;

/// <summary>
/// <c>GET /data</c>: how much there is. Whoever reads it is in the audit (<c>Audits</c>), of which the handler knows nothing.
/// </summary>
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
        .WithSummary("How many users there are, and what was logged in the last 24 hours")
        .WithDescription("Each answer is written down in the audit, with who got it. Counts go up to 100,000.")
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

/// <summary>How much there is.</summary>
/// <param name="Users">Registered users, counted up to 100,000.</param>
/// <param name="LoggedLastDay">Entries of the activity log of the last 24 hours by level, of the newest 100,000.</param>
internal sealed record DataSummary(long Users, IReadOnlyDictionary<string, long> LoggedLastDay);
