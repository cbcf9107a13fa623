using System.Text.Json;
using Messaging.Outbox.Audit;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Control;

/// <summary>Enqueues the message of a task again, as a new task, from the payload that was kept.</summary>
internal sealed class TaskRunAgain(
    ITaskStore store, TaskPayloads payloads, RunAgainRules rules, BackgroundTasks tasks, UnitOfWork unit, StoreClock time)
{
    public async Task<RunAgainOutcome> RunAsync(Guid id, string who, JsonElement? edited, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } task)
        {
            return new RunAgainOutcome(ControlResult.NotFound, TaskId: null);
        }

        var payload = await payloads.FindAsync(task, cancellationToken);
        if (payload.CannotRunAgain is not null || await payloads.FindKeptAsync(id, cancellationToken) is not { Message: { } json } kept)
        {
            return Refused(payload.CannotRunAgain ?? "Its message was not kept.");
        }

        if (edited is null && payload.Redacted.Count > 0)
        {
            return Refused($"Values of its message were replaced when it was stored: {string.Join(", ", payload.Redacted)}. Give the whole message with them.");
        }

        if (edited is not null && !payload.IsEditable)
        {
            return Refused($"A {rules.NotEditable(payload)}");
        }

        var type = rules.TypeOf(kept.Type)!;
        return Read(edited is { } message ? EditedMessage.OfPayload(type, kept, message) : JsonText.Parse(json), type, out var error) is { } again
            ? Stage(task, again, kept, who, edited is not null)
            : Refused($"Its message does not fit the type {type.Name} any more: {error}");
    }

    private RunAgainOutcome Stage(TaskRecord task, TaskMessage message, KeptPayload kept, string who, bool isEdited)
    {
        var added = message.AddTo(tasks, new StagingOptions
        {
            Id = time.NewId(),
            Kind = task.Kind,
            RunAgainOf = task.Id,
            Address = kept.Address is { } address ? new Uri(address) : null,
        });
        var details = JsonSerializer.Serialize(new { taskId = added.Id, edited = isEdited });
        unit.ExecuteOwn(AuditSql.Insert, AuditSql.Parameters(AuditSql.Entry(time.GetUtcNow(), who, "task.run-again", task.Id.ToString(), task.State.ToString(), details)));
        return new RunAgainOutcome(ControlResult.Done, added.Id);
    }

    private static TaskMessage? Read(JsonElement json, Type type, out string error)
    {
        error = "";
        try
        {
            return TaskMessage.Of(json.Deserialize(type, PayloadJson.Reading)!, type);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            error = exception is JsonException { Path: { } path } ? $"{path} cannot be read." : $"it cannot be read ({exception.GetType().Name}).";
            return null;
        }
    }

    private static RunAgainOutcome Refused(string reason) => new(ControlResult.Refused, TaskId: null) { Reason = reason };
}
