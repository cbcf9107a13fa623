using Messaging.Outbox.Store;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox.Reasons;

/// <summary>A message that the broker has confirmed.</summary>
/// <param name="By">When it was sent at the latest.</param>
/// <param name="CheckAt">When the recovery looks whether it was lost.</param>
internal sealed record SentMessage(DateTimeOffset By, DateTimeOffset CheckAt);

/// <summary>Finds the batches in which messages were sent, among those that are checked next and those that were sent last.</summary>
internal sealed class SentMessages(OutboxReader store, ISqlDialect dialect, IOptions<OutboxOptions> options)
{
    /// <summary>How many batches are looked through, from each end.</summary>
    private const int MaxBatches = 100;

    /// <summary>How many messages are looked for.</summary>
    private const int MaxMessages = 10;

    public async Task<IReadOnlyDictionary<Guid, SentMessage>> FindAsync(IReadOnlyList<TaskRecord> tasks, CancellationToken cancellationToken)
    {
        var sought = tasks.Take(MaxMessages).ToList();
        if (sought.Count == 0)
        {
            return new Dictionary<Guid, SentMessage>();
        }

        var lostAfter = options.Value.LostAfter;
        var filter = new SqlFilter();
        var since = filter.Parameter(new StoreTime(sought.Min(task => task.NextAttemptAt ?? task.CreatedAt) + lostAfter));
        var ids = string.Join(" UNION ALL ", sought.Select((task, i) => $"SELECT {i} AS number, {filter.Parameter(SentBatch.PackIds([task.Id]))} AS id"));
        var rows = await store.QueryAsync(
            $"""
            SELECT i.number, max(s.check_at) FROM (
                SELECT id FROM (SELECT id FROM messaging.sent_messages ORDER BY id DESC LIMIT {MaxBatches}) AS a
                UNION SELECT id FROM (SELECT id FROM messaging.sent_messages WHERE check_at >= {since} ORDER BY check_at LIMIT {MaxBatches}) AS b) AS x
            JOIN messaging.sent_messages AS s ON s.id = x.id JOIN ({ids}) AS i ON {dialect.Contains("s.ids", "i.id")} GROUP BY i.number
            """,
            filter.Parameters,
            reader => (Number: reader.GetInt32(0), CheckAt: reader.Time(1)!.Value),
            cancellationToken);
        return rows.ToDictionary(row => sought[row.Number].Id, row => new SentMessage(row.CheckAt - lostAfter, row.CheckAt));
    }
}
