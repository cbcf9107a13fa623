using System.Data.Common;
using System.Globalization;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.DeadLetters;

/// <summary>Notes of operators on groups of dead letters: one for each group.</summary>
internal static class DeadLetterNotes
{
    private const string Insert = "INSERT INTO messaging.dead_letter_notes (group_id, note, who, at) VALUES ($1, $2, $3, $4) ON CONFLICT (group_id) DO NOTHING";

    private const string Replace = "UPDATE messaging.dead_letter_notes SET note = $2, who = $3, at = $4 WHERE group_id = $1 AND at = $5";

    private const string Delete = "DELETE FROM messaging.dead_letter_notes WHERE group_id = $1 AND at = $2";

    /// <summary>Writes or deletes a note with its audit entry. The entry has the length of the note and not its text.</summary>
    /// <returns>False if no dead letter of the group waits for a decision.</returns>
    /// <exception cref="DeadLetterNoteConflictException">The condition is not met.</exception>
    public static async Task<bool> SetAsync(
        OutboxTransaction transaction, Guid groupId, string? text, string who, DeadLetterNoteCondition? condition, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text?.Length ?? 0, IDeadLetterControl.MaxNote, nameof(text));
        var any = await transaction.QueryAsync("SELECT 1 FROM messaging.dead_letters WHERE group_id = $1 AND state = 0 LIMIT 1", _ => true, cancellationToken, groupId);
        if (any.Count == 0)
        {
            return false;
        }

        while (true)
        {
            var before = (await transaction.QueryAsync("SELECT at, who FROM messaging.dead_letter_notes WHERE group_id = $1", Read, cancellationToken, groupId)).FirstOrDefault();
            if (condition is not null && condition.At != before?.At)
            {
                throw Conflict(before);
            }

            var isEmpty = string.IsNullOrWhiteSpace(text);
            if (isEmpty && before is null)
            {
                return true; // there is none to delete
            }

            // Each statement changes only what was read: of two at a time, the second one reads again.
            var changed = (isEmpty, before) switch
            {
                (true, _) => await transaction.ExecuteAsync(Delete, cancellationToken, groupId, new StoreTime(before!.At)),
                (_, null) => await transaction.ExecuteAsync(Insert, cancellationToken, groupId, text, who, new StoreTime(After(now, null))),
                _ => await transaction.ExecuteAsync(Replace, cancellationToken, groupId, text, who, new StoreTime(After(now, before)), new StoreTime(before.At)),
            };
            if (changed > 0)
            {
                var details = string.Create(CultureInfo.InvariantCulture, $$"""{"length":{{(isEmpty ? 0 : text!.Length)}}}""");
                await transaction.WriteAsync(AuditSql.Entry(now, who, "dead-letter.note", groupId.ToString(), details: details), cancellationToken);
                return true;
            }
        }
    }

    private static Written Read(DbDataReader reader) => new(reader.Time(0)!.Value, reader.GetString(1));

    /// <summary>In whole milliseconds, which every store keeps exactly; each note has a time of its own.</summary>
    private static DateTimeOffset After(DateTimeOffset now, Written? before)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        return before is null || time > before.At ? time : before.At.AddMilliseconds(1);
    }

    private static DeadLetterNoteConflictException Conflict(Written? before) => new(
        before is null ? "The note was deleted since it was read. Nothing was changed." : $"{before.Who} has written a note since this one was read. Nothing was changed: read it first.");

    private sealed record Written(DateTimeOffset At, string Who);
}
