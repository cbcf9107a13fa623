using Messaging.Outbox.Store;

namespace Messaging.Outbox.Payloads;

internal sealed class TaskPayloads(OutboxReader store, MessageTypes types, RunAgainRules rules) : ITaskPayloads
{
    public async Task<TaskPayload> FindAsync(TaskRecord task, CancellationToken cancellationToken = default)
    {
        var payload = await ReadAsync(task, cancellationToken);
        return payload with { IsEditable = rules.IsEditable(payload), CannotRunAgain = rules.Refusal(payload) };
    }

    private async Task<TaskPayload> ReadAsync(TaskRecord task, CancellationToken cancellationToken)
    {
        var keys = await store.QueryAsync(
            "SELECT name, value FROM messaging.task_keys WHERE task_id = $1 ORDER BY name",
            [task.Id],
            reader => new TaskKey(reader.GetString(0), reader.GetString(1)),
            cancellationToken);
        if (await FindKeptAsync(task.Id, cancellationToken) is not { } kept)
        {
            return new TaskPayload { State = types.IsSensitive(task.Kind) ? PayloadState.Sensitive : PayloadState.NotKept, Keys = keys };
        }

        return new TaskPayload
        {
            State = kept.Message is null ? PayloadState.TooLarge : PayloadState.Kept,
            Bytes = kept.Bytes,
            Type = kept.Type,
            Redacted = kept.Redacted?.Split(',') ?? [],
            Message = kept.Message is { } json ? JsonText.Parse(json) : null,
            Keys = keys,
        };
    }

    /// <returns>The row; null if the task has none.</returns>
    public async Task<KeptPayload?> FindKeptAsync(Guid task, CancellationToken cancellationToken) =>
        (await store.QueryAsync(
            "SELECT type, address, bytes, redacted, message FROM messaging.task_payloads WHERE task_id = $1",
            [task],
            reader => new KeptPayload(reader.GetString(0), reader.Text(1), reader.GetInt32(2), reader.Text(3), reader.Text(4)),
            cancellationToken)).FirstOrDefault();
}
