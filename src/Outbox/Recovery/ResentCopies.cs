using Messaging.Outbox.Store;

namespace Messaging.Outbox.Recovery;

/// <summary>
/// Finds messages that are in the outbox again, or were sent again later: where an index finds them, since the outbox has none on
/// all its messages (docs/decisions/0051).
/// </summary>
internal sealed class ResentCopies(IStoreReader store, CancellationToken cancellationToken)
{
    /// <summary>How many due rows of a queue are looked through. A queue that has more in the outbox is looked at later.</summary>
    private const int MaxDue = 1_000;

    /// <summary>How many batches are read at once.</summary>
    private const int Page = 100;

    /// <summary>What is stored while the statements run is due a little later than the time at which they began.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <returns>The copies that are not in the outbox, as far as they are not.</returns>
    public async Task<IReadOnlyList<SentCopy>> WithoutUnsentAsync(IReadOnlyList<SentCopy> copies, DateTimeOffset now)
    {
        var rows = await SentReader.InChunksAsync(copies.Select(copy => copy.Message.MessageId).Distinct(), (list, parameters) => store.QueryAsync(
            $"""
            SELECT message_id, destination FROM messaging.outbox WHERE message_id IN ({list}) AND waiting = 1
            UNION ALL SELECT message_id, destination FROM messaging.outbox WHERE message_id IN ({list}) AND attempts > 0
            """,
            parameters,
            reader => (Message: reader.GetGuid(0), Destination: reader.GetString(1)),
            cancellationToken));
        var full = new HashSet<string>(StringComparer.Ordinal);
        foreach (var queue in copies.SelectMany(QueuesOf).Distinct(StringComparer.Ordinal))
        {
            var due = await DueAsync(queue, now + Margin);
            rows.AddRange(due);
            if (due.Count > MaxDue)
            {
                full.Add(queue ?? "");
            }
        }

        Cover(copies, rows);
        return [.. copies.Where(copy => copy.Queues.Count > 0 && !QueuesOf(copy).Any(queue => full.Contains(queue ?? "")))];
    }

    /// <summary>Reads the batches after those of the copies, until it is known of each whether it was sent again.</summary>
    /// <returns>The copies that were not, as far as they were not.</returns>
    public async Task<IReadOnlyList<SentCopy>> WithoutSentLaterAsync(IReadOnlyList<SentCopy> copies, SentReader sent)
    {
        var sought = copies.Where(copy => !copy.Task.WasSentOnce).ToList();
        var after = sought.Select(copy => copy.Batch).DefaultIfEmpty().Min();
        while (sought.Count > 0)
        {
            var page = await store.QueryAsync(
                $"SELECT id, ids FROM messaging.sent_messages WHERE id > $1 ORDER BY id LIMIT {Page}", [after], SentRow.Read, cancellationToken);
            foreach (var row in page)
            {
                var earlier = sought.Where(copy => copy.Batch < row.Id).ToList();
                if (row.Ids.Any(earlier.Select(copy => copy.Message.MessageId).ToHashSet().Contains))
                {
                    Cover(earlier, (await sent.MessagesAsync(row.Id)).Select(message => (message.MessageId, message.Destination)));
                    sought.RemoveAll(copy => copy.Queues.Count == 0);
                }
            }

            if (page.Count < Page)
            {
                break;
            }

            after = page[^1].Id;
        }

        return [.. copies.Where(copy => copy.Queues.Count > 0)];
    }

    /// <summary>What is sent again has the queue of its own copy, of its task, or, if there was none, no queue.</summary>
    private static IEnumerable<string?> QueuesOf(SentCopy copy) => copy.Queues.Append(copy.Task.Queue).Append(copy.Message.Queue);

    private Task<IReadOnlyList<(Guid Message, string Destination)>> DueAsync(string? queue, DateTimeOffset until) => store.QueryAsync(
        $"""
        SELECT message_id, destination FROM messaging.outbox WHERE queue {(queue is null ? "IS NULL" : "= $2")} AND due_at <= $1
        ORDER BY due_at LIMIT {MaxDue + 1}
        """,
        queue is null ? [new StoreTime(until)] : [new StoreTime(until), queue],
        reader => (reader.GetGuid(0), reader.GetString(1)),
        cancellationToken);

    private static void Cover(IEnumerable<SentCopy> copies, IEnumerable<(Guid Message, string Destination)> others)
    {
        var byMessage = others.ToLookup(other => other.Message, other => other.Destination);
        foreach (var copy in copies)
        {
            foreach (var destination in byMessage[copy.Message.MessageId])
            {
                copy.IsAlso(destination);
            }
        }
    }
}
