using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>A task that is enqueued by the name of its type.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class AddTaskBody : TaskBody
{
    /// <summary>The delay until it is due.</summary>
    public Duration? Delay { get; init; }

    /// <summary>The time at which it is due, instead of a delay: at most 365 days ahead. A time in the past means at once.</summary>
    public Moment? RunAt { get; init; }

    /// <summary>Enqueues it only if no task with this key is waiting.</summary>
    public UniqueBody? Unique { get; init; }

    /// <summary>Tasks that start one after the other, each when the previous one has succeeded.</summary>
    [MaxLength(20)]
    public IReadOnlyList<TaskBody?>? Then { get; init; }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var problem in base.Validate(validationContext))
        {
            yield return problem;
        }

        if (Delay is not null && RunAt is not null)
        {
            yield return new("cannot be given together with 'delay'.", ["runAt"]);
        }
        else if (RunAt?.Value > validationContext.GetRequiredService<StoreClock>().GetUtcNow() + Duration.Max)
        {
            yield return new("must not be more than 365 days ahead.", ["runAt"]);
        }

        if (Then?.Contains(null) == true)
        {
            yield return new("must be an array of objects.", ["then"]);
        }
        else if (Unique is not null && Then is not null)
        {
            yield return new("cannot be given together with 'unique': another task may be the one that waits.", ["then"]);
        }
    }
}

/// <summary>A task.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal class TaskBody : IValidatableObject
{
    /// <summary>The name of the message type, one of <c>GET /task-types</c>.</summary>
    [Required, Text(100)]
    public string? Type { get; init; }

    /// <summary>The message: all required members, and none that the type does not have.</summary>
    [Required, JsonConverter(typeof(StorableJson))]
    public JsonElement? Message { get; init; }

    /// <summary>The kind of the task. Default: the name of the type.</summary>
    [Text(100)]
    public string? Kind { get; init; }

    public TaskMessage Read(TaskTypes types) => types.TryRead(Type!, Message!.Value, out var message, out var error) ? message : throw new FieldException(error);

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var types = validationContext.GetRequiredService<TaskTypes>();
        if (!types.Contains(Type!))
        {
            yield return new("is not known; GET /task-types lists those that are.", ["type"]);
        }
        else if (!types.TryRead(Type!, Message!.Value, out _, out var error))
        {
            yield return new(error, ["message"]);
        }
    }
}

/// <summary>A key that only one waiting task can have.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class UniqueBody : IValidatableObject
{
    /// <summary>The key, which is equal for tasks that exclude each other.</summary>
    [Required, Text(200)]
    public string? Key { get; init; }

    /// <summary>The maximum time for which the key excludes other tasks; at least 1 s.</summary>
    [Required]
    public Duration? Window { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Window!.Value.Value < TimeSpan.FromSeconds(1) ? [new("must be at least 1 s.", ["window"])] : [];
}
