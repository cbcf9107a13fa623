using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Audit;

/// <summary>
/// SQL of the audit log. An entry is written in the transaction of the change that it records, by
/// <see cref="StoreSql.ExecuteAsync"/> or as a staged command.
/// </summary>
internal static class AuditSql
{
    private const int MaxText = 1_000; // more than the API accepts

    private const int MaxNewest = 200;

    /// <summary>The maximum number of entries that a page reads; those of acts on many are long.</summary>
    private const int ScanLimit = 5_000;

    public const string Columns = "id, at, who, action, target, from_state, details";

    public const string Insert = $"INSERT INTO messaging.audit ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    public const string SelectOne = $"SELECT {Columns} FROM messaging.audit WHERE id = $1";

    public static object?[] Parameters(AuditEntry entry) =>
    [
        entry.Id, new StoreTime(entry.At), StoredText.Line(entry.Who, MaxText), entry.Action, StoredText.Line(entry.Target, MaxText), entry.FromState,
        entry.Details, // JSON escapes control characters
    ];

    public static AuditEntry Entry(
        DateTimeOffset at, string who, string action, string target, string? fromState = null, string? details = null) => new()
        {
            Id = Guid.CreateVersion7(at),
            At = at,
            Who = who,
            Action = action,
            Target = target,
            FromState = fromState,
            Details = details,
        };

    public static (string Sql, IReadOnlyList<object?> Parameters) Select(AuditFilter filter)
    {
        var where = Match(Range(filter), filter).And("id <", filter.Before);
        return ($"SELECT {Columns} FROM messaging.audit WHERE {where.Where} ORDER BY id DESC LIMIT {where.Parameter(filter.Limit)}", where.Parameters);
    }

    /// <summary>How a filter searches the log: by the index of what it names first, and the other conditions on a bounded number of entries for each page.</summary>
    public static SearchPlan Plan(AuditFilter filter) => new("messaging.audit", "id, at, who, action", () => [Range(filter)], [], match => Match(match, filter), ScanLimit);

    private static SqlFilter Range(AuditFilter filter) => new SqlFilter()
        .And("target =", filter.Target)
        .And("action =", filter.Target is null ? filter.Action : null)
        .And("who =", filter.Target is null && filter.Action is null ? filter.Who : null)
        .And("id >=", filter.AtFrom is { } from ? Uuid7.LowerBound(from) : null)
        .And("id <", filter.AtBefore is { } before && before < DateTimeOffset.MaxValue.AddDays(-1) ? Uuid7.LowerBound(before.AddMilliseconds(1)) : null);

    private static SqlFilter Match(SqlFilter match, AuditFilter filter) => match
        .And("who =", filter.Target is null && filter.Action is null ? null : filter.Who)
        .And("action =", filter.Target is null ? null : filter.Action)
        .And("at >=", StoreTime.Of(filter.AtFrom))
        .And("at <", StoreTime.Of(filter.AtBefore));

    /// <summary>SQL of a column of a target's newest entry that fulfils a condition, among its newest 200: a longer walk has a bound.</summary>
    /// <param name="column">The column.</param>
    /// <param name="target">SQL of the target.</param>
    /// <param name="holds">A condition without which nothing is read.</param>
    /// <param name="where">The condition, on <c>n</c>.</param>
    public static string Newest(string column, string target, string holds, string where) =>
        $"""
        (SELECT n.{column} FROM (SELECT {Columns} FROM messaging.audit WHERE target = {target} AND {holds} ORDER BY id DESC LIMIT {MaxNewest}) AS n
            WHERE {where} ORDER BY n.id DESC LIMIT 1)
        """;

    /// <summary>SQL of a column of the newest entry that paused a queue; null if the queue is not paused.</summary>
    /// <param name="column">The column.</param>
    /// <param name="queue">The alias of the row of <c>queues</c>.</param>
    public static string NewestPause(string column, string queue) =>
        Newest(column, $"{queue}.name", $"{queue}.paused = 1", $"n.action = '{AuditActions.PauseQueue}'");

    public static Task<int> WriteAsync(this OutboxTransaction transaction, AuditEntry entry, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(Insert, cancellationToken, Parameters(entry));

    public static AuditEntry Read(DbDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        At = reader.Time(1)!.Value,
        Who = reader.GetString(2),
        Action = reader.GetString(3),
        Target = reader.GetString(4),
        FromState = reader.Text(5),
        Details = reader.Text(6),
    };
}
