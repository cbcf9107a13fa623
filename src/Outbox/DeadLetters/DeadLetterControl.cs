using System.Data.Common;
using System.Text;
using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.DeadLetters;

internal sealed class DeadLetterControl : IDeadLetterControl
{
    private readonly UnitOfWork _unit;
    private readonly ISqlDialect _dialect;
    private readonly IStoreQueries _queries;
    private readonly EditedBodies _bodies;
    private readonly OutboxReader _reader;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _time;

    internal DeadLetterControl(UnitOfWork unit, ISqlDialect dialect, IStoreQueries queries, EditedBodies bodies, IOptions<OutboxOptions> options, TimeProvider time)
    {
        _unit = unit;
        _dialect = dialect;
        _queries = queries;
        _bodies = bodies;
        _reader = new OutboxReader(queries, options);
        _options = options.Value;
        _time = time;
    }

    public Task<Page<DeadLetterRecord>> ListAsync(
        DeadLetterQuery query, DeadLetterState state, Guid? after, int limit, CancellationToken cancellationToken = default) =>
        DeadLetterQuerySql.Plan(query, state).PageAsync(_reader, DeadLetterQuerySql.Columns, DeadLetterQuerySql.Read, after, limit, cancellationToken);

    public Task<Page<DeadLetterGroup>> ListGroupsAsync(Guid? after, int limit, CancellationToken cancellationToken = default) =>
        StoreDeadline.RunAsync(
            _options.CommitTimeout, token => DeadLetterGroups.ListAsync(_queries, after, limit, _time.GetUtcNow(), token), cancellationToken);

    public async Task<DeadLetterGroup?> FindGroupAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await StoreDeadline.RunAsync(
            _options.CommitTimeout, token => DeadLetterGroups.ReadAsync(_queries, [id], _time.GetUtcNow(), token), cancellationToken)).FirstOrDefault();

    public Task<bool> SetNoteAsync(Guid groupId, string? text, string who, DeadLetterNoteCondition? condition = null, CancellationToken cancellationToken = default) =>
        _unit.InTransactionAsync(transaction => DeadLetterNotes.SetAsync(transaction, groupId, text, who, condition, _time.GetUtcNow(), cancellationToken), cancellationToken);

    public async Task<DeadLetterDetails?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await QueryAsync(
            $"SELECT {DeadLetterQuerySql.Columns}, headers, content_type, body, edited_body, stack_trace, metadata FROM messaging.dead_letters WHERE id = $1",
            [id],
            reader => new DeadLetterDetails(
                DeadLetterQuerySql.Read(reader),
                JsonText.Parse(reader.GetString(14)),
                reader.GetString(15),
                Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(16)),
                reader.IsDBNull(17) ? null : Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(17)),
                reader.Text(18))
            {
                MessageTypes = TransitTypes.Of(reader.GetString(19), reader.GetString(15), reader.GetFieldValue<byte[]>(16)),
            },
            cancellationToken)).FirstOrDefault();

    public Task<int> RedriveAsync(
        DeadLetterQuery query, string who, DeadLetterEdit? edit = null, string? queue = null, CancellationToken cancellationToken = default) =>
        _unit.InTransactionAsync(
            async transaction =>
            {
                var now = _time.GetUtcNow();
                var redriven = await RedriveAsync(transaction, DeadLetterQuerySql.Filter(query), edit, queue, now, waits: false, cancellationToken);
                if (redriven.Count > 0)
                {
                    var name = edit is null ? "dead-letter.redrive" : "dead-letter.edit-and-redrive";
                    await AuditAsync(transaction, name, query, redriven, queue, who, now, cancellationToken);
                }
                else if (queue is not null && !await WereSentAsync(query, queue, cancellationToken))
                {
                    await OtherQueue.ThrowIfNotTakenAsync(transaction, DeadLetterQuerySql.Filter(query), queue, cancellationToken);
                }

                return redriven.Count;
            },
            cancellationToken);

    public Task<int> DropAsync(
        DeadLetterQuery query, string who, SuccessorPolicy successors = SuccessorPolicy.Cancel, CancellationToken cancellationToken = default) =>
        _unit.InTransactionAsync(
            async transaction =>
            {
                var now = _time.GetUtcNow();
                var dropped = await DropAsync(transaction, DeadLetterQuerySql.Filter(query), successors, now, waits: false, cancellationToken);
                if (dropped.Count > 0)
                {
                    await AuditAsync(transaction, "dead-letter.drop", query, dropped, queue: null, who, now, cancellationToken);
                }

                return dropped.Count;
            },
            cancellationToken);

    /// <summary>Redrives without an audit entry, for a caller that writes one for many.</summary>
    internal async Task<IReadOnlyList<DecidedLetter>> RedriveAsync(
        OutboxTransaction transaction, SqlFilter filter, DeadLetterEdit? edit, string? queue, DateTimeOffset now, bool waits, CancellationToken cancellationToken)
    {
        var redriven = await new DeadLetterDecision(transaction, _dialect, _bodies, now, waits, cancellationToken).RedriveAsync(filter, edit, queue);
        _unit.WakesDispatcher |= redriven.Count > 0;
        return redriven;
    }

    /// <summary>Drops without an audit entry, for a caller that writes one for many.</summary>
    internal Task<IReadOnlyList<DecidedLetter>> DropAsync(
        OutboxTransaction transaction, SqlFilter filter, SuccessorPolicy successors, DateTimeOffset now, bool waits, CancellationToken cancellationToken) =>
        new DeadLetterDecision(transaction, _dialect, _bodies, now, waits, cancellationToken).DropAsync(filter, successors);

    /// <summary>Whether an earlier call has sent some of the newest there: one that is repeated has nothing left to do, which is no slip.</summary>
    private async Task<bool> WereSentAsync(DeadLetterQuery query, string queue, CancellationToken cancellationToken)
    {
        var redriven = DeadLetterQuerySql.Plan(query, DeadLetterState.Redriven);
        var sent = redriven with { Match = match => { redriven.Match(match); match.And("coalesce(redriven_to, queue) =", queue); } };
        return (await sent.PageAsync(_reader, DeadLetterQuerySql.Columns, DeadLetterQuerySql.Read, after: null, limit: 1, cancellationToken)).Items.Count > 0;
    }

    private static Task<int> AuditAsync(
        OutboxTransaction transaction, string action, DeadLetterQuery query, IReadOnlyList<DecidedLetter> decided, string? queue, string who, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.WriteAsync(
            AuditSql.Entry(
                now,
                who,
                action,
                (query.Id ?? query.TaskId ?? query.GroupId)?.ToString() ?? "filter",
                nameof(DeadLetterState.Dead),
                JsonSerializer.Serialize(
                    new
                    {
                        count = decided.Count,
                        query = query with { Error = query.Error is null ? null : AuditedFilter.Hidden },
                        queue,
                        notChecked = decided.Any(letter => letter.IsUnchecked) ? decided.Count(letter => letter.IsUnchecked) : (int?)null,
                        ids = query.Id is null ? decided.Select(letter => letter.Id) : null,
                        tasks = decided.Select(letter => letter.TaskId).OfType<Guid>().Distinct(),
                    },
                    JsonText.Named)),
            cancellationToken);

    private Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        StoreDeadline.RunAsync(_options.CommitTimeout, token => _queries.QueryAsync(sql, parameters, read, token), cancellationToken);
}
