using System.Data.Common;
using System.Text;
using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.SharedTasks;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.DeadLetters;

internal sealed class DeadLetterControl : IDeadLetterControl
{
    private readonly UnitOfWork _unit;
    private readonly ISqlDialect _dialect;
    private readonly IStoreQueries _queries;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;

    internal DeadLetterControl(UnitOfWork unit, ISqlDialect dialect, IStoreQueries queries, IOptions<OutboxOptions> options, TimeProvider time)
    {
        _unit = unit;
        _dialect = dialect;
        _queries = queries;
        _options = options.Value;
        _time = time;
    }

    public async Task<Page<DeadLetterRecord>> ListAsync(
        DeadLetterQuery query, DeadLetterState state, Guid? after, int limit, CancellationToken cancellationToken = default)
    {
        var filter = DeadLetterQuerySql.Filter(query).And("state =", state).And("id <", after);
        var items = await QueryAsync(
            $"SELECT {DeadLetterQuerySql.Columns} FROM messaging.dead_letters WHERE {filter.Where} ORDER BY id DESC LIMIT {filter.Parameter(limit)}",
            filter.Parameters,
            DeadLetterQuerySql.Read,
            cancellationToken);
        return new Page<DeadLetterRecord>(items, items.Count == limit ? items[^1].Id : null);
    }

    public async Task<Page<DeadLetterGroup>> ListGroupsAsync(Guid? after, int limit, CancellationToken cancellationToken = default)
    {
        var filter = new SqlFilter().And("state = 0").And("group_id >", after);
        var groups = await QueryAsync(
            $"{DeadLetterQuerySql.Groups} WHERE {filter.Where} {DeadLetterQuerySql.ByGroup} LIMIT {filter.Parameter(limit + 1)}",
            filter.Parameters,
            DeadLetterQuerySql.ReadGroup,
            cancellationToken);
        return groups.Count <= limit ? new(groups, null) : new([.. groups.Take(limit)], groups[limit - 1].GroupId);
    }

    public async Task<DeadLetterDetails?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await QueryAsync(
            $"SELECT {DeadLetterQuerySql.Columns}, headers, content_type, body, edited_body, stack_trace FROM messaging.dead_letters WHERE id = $1",
            [id],
            reader => new DeadLetterDetails(
                DeadLetterQuerySql.Read(reader),
                JsonText.Parse(reader.GetString(13)),
                reader.GetString(14),
                Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(15)),
                reader.IsDBNull(16) ? null : Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(16)),
                reader.Text(17)),
            cancellationToken)).FirstOrDefault();

    public Task<int> RedriveAsync(
        DeadLetterQuery query, string who, DeadLetterEdit? edit = null, CancellationToken cancellationToken = default) =>
        _unit.InTransactionAsync(
            async transaction =>
            {
                var now = _time.GetUtcNow();
                var action = Guid.CreateVersion7(now);
                var count = await EndAsync(transaction, query, DeadLetterState.Redriven, action, now, cancellationToken);
                if (count > 0)
                {
                    await EditAsync(transaction, action, edit, cancellationToken);
                    await transaction.ExecuteAsync(DeadLetterQuerySql.Resend, cancellationToken, action, new StoreTime(now));
                    await transaction.ExecuteAsync(DeadLetterQuerySql.CountRedrive, cancellationToken, action);
                    await transaction.ExecuteAsync(TaskShareSql.DeleteRedriven, cancellationToken, action);
                    await transaction.ExecuteAsync(DeadLetterQuerySql.Requeue, cancellationToken, action);
                    await transaction.ExecuteAsync(DeadLetterQuerySql.RecordChange, cancellationToken, action, new StoreTime(now));
                    foreach (var task in await transaction.QueryAsync(
                        DeadLetterQuerySql.WithSuccessors, reader => reader.GetGuid(0), cancellationToken, action))
                    {
                        await transaction.ExecuteAsync(TaskLinksSql.Unblock, cancellationToken, task);
                    }

                    var name = edit is null ? "dead-letter.redrive" : "dead-letter.edit-and-redrive";
                    await AuditAsync(transaction, name, query, count, who, now, cancellationToken);
                    _unit.WakesDispatcher = true;
                }

                return count;
            },
            cancellationToken);

    public Task<int> DropAsync(
        DeadLetterQuery query, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default) =>
        _unit.InTransactionAsync(
            async transaction =>
            {
                var now = _time.GetUtcNow();
                var action = Guid.CreateVersion7(now);
                var count = await EndAsync(transaction, query, DeadLetterState.Dropped, action, now, cancellationToken);
                if (count > 0)
                {
                    await CancelSuccessorsAsync(transaction, action, successors, now, cancellationToken);
                    await AuditAsync(transaction, "dead-letter.drop", query, count, who, now, cancellationToken);
                }

                return count;
            },
            cancellationToken);

    /// <summary>Cancels the successors of the failed tasks, even if a dead letter of another consumer of the task still waits.</summary>
    private async Task CancelSuccessorsAsync(
        OutboxTransaction transaction, Guid action, SuccessorPolicy successors, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (successors == SuccessorPolicy.Keep)
        {
            return;
        }

        foreach (var task in await transaction.QueryAsync(DeadLetterQuerySql.FailedWithSuccessors, reader => reader.GetGuid(0), cancellationToken, action))
        {
            await CancelSql.FollowAsync(transaction, task, now, _dialect, successors, cancellationToken);
        }
    }

    private Task<int> EndAsync(
        OutboxTransaction transaction, DeadLetterQuery query, DeadLetterState state, Guid action, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var filter = DeadLetterQuerySql.Filter(query).And("state = 0");
        return transaction.ExecuteAsync(
            $"""
            UPDATE messaging.dead_letters SET state = {filter.Parameter(state)}, ended_at = {filter.Parameter(new StoreTime(now))},
                action_id = {filter.Parameter(action)}
            WHERE id IN (SELECT id FROM messaging.dead_letters WHERE {filter.Where} ORDER BY id LIMIT {IDeadLetterControl.MaxAtOnce} {_dialect.SkipLocked})
            """,
            cancellationToken,
            [.. filter.Parameters]);
    }

    private static async Task EditAsync(
        OutboxTransaction transaction, Guid action, DeadLetterEdit? edit, CancellationToken cancellationToken)
    {
        if (edit is null)
        {
            return;
        }

        var letters = await transaction.QueryAsync(
            "SELECT id, content_type, body FROM messaging.dead_letters WHERE action_id = $1",
            reader => (Id: reader.GetGuid(0), ContentType: reader.GetString(1), Body: reader.GetFieldValue<byte[]>(2)),
            cancellationToken,
            action);
        foreach (var letter in letters)
        {
            await transaction.ExecuteAsync(
                "UPDATE messaging.dead_letters SET edited_body = $2 WHERE id = $1", cancellationToken, letter.Id, edit.Apply(letter.ContentType, letter.Body));
        }
    }

    private static Task<int> AuditAsync(
        OutboxTransaction transaction, string action, DeadLetterQuery query, int count, string who, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.WriteAsync(
            AuditSql.Entry(
                now,
                who,
                action,
                (query.Id ?? query.TaskId ?? query.GroupId)?.ToString() ?? "filter",
                nameof(DeadLetterState.Dead),
                JsonSerializer.Serialize(new { count, query }, AuditDetails)),
            cancellationToken);

    private static readonly JsonSerializerOptions AuditDetails = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        StoreDeadline.RunAsync(_options.CommitTimeout, token => _queries.QueryAsync(sql, parameters, read, token), cancellationToken);
}
