using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Messaging.Outbox.AspNetCore.DeadLetters;
using Messaging.Outbox.AspNetCore.Tasks;
using Messaging.Outbox.Bulk;

namespace Messaging.Outbox.AspNetCore.Bulk;

/// <summary>What is done to many tasks.</summary>
internal enum TaskBulkAction
{
    /// <summary>Cancels those that have not ended.</summary>
    Cancel,

    /// <summary>Makes the next attempt due now.</summary>
    Retry,
}

/// <summary>What is done to many dead letters.</summary>
internal enum DeadLetterBulkAction
{
    /// <summary>Sends them again.</summary>
    Redrive,

    /// <summary>Decides that they are not done.</summary>
    Drop,
}

/// <summary>Which ones: either by their ids or by a filter.</summary>
internal abstract class BulkRequest : IValidatableObject
{
    /// <summary>The ids, at most 1,000; instead of a filter.</summary>
    [MaxLength(BulkActions.MaxAtOnce)]
    public IReadOnlyList<Guid>? Ids { get; init; }

    /// <summary>The number that the caller has seen: if it is another one by now, nothing is done. Default: any number.</summary>
    [Range(0, long.MaxValue)]
    public long? Expected { get; init; }

    /// <summary>What happens to the tasks that wait for a task that is cancelled, or whose dead letter is dropped: Cancel (default), or Keep, which leaves them Blocked.</summary>
    [JsonConverter(typeof(NameConverter<SuccessorPolicy>))]
    public SuccessorPolicy? Successors { get; init; }

    public abstract BulkOrder ToOrder();

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => (Ids, HasFilter, FilterIsEmpty) switch
    {
        (null, false, _) => [new("or 'filter' is required.", ["ids"])],
        (not null, true, _) => [new("excludes 'filter': one of them is enough.", ["ids"])],
        ({ Count: 0 }, _, _) => [new("must not be empty.", ["ids"])],
        (_, true, true) => [new("must have at least one field: it would mean all.", ["filter"])],
        _ => [],
    };

    protected abstract bool HasFilter { get; }

    protected abstract bool FilterIsEmpty { get; }
}

/// <summary>A bulk action on tasks.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class TaskBulkRequest : BulkRequest
{
    /// <summary>Cancel or Retry.</summary>
    [Required, JsonConverter(typeof(NameConverter<TaskBulkAction>))]
    public TaskBulkAction? Action { get; init; }

    /// <summary>The filter, with the fields of GET /tasks; instead of ids.</summary>
    public TaskFilter? Filter { get; init; }

    protected override bool HasFilter => Filter is not null;

    protected override bool FilterIsEmpty => Filter == new TaskFilter();

    public override BulkOrder ToOrder() =>
        BulkOrder.Of(Action == TaskBulkAction.Cancel ? BulkActionKind.Cancel : BulkActionKind.Retry, Filter?.ToQuery() ?? new TaskQuery()) with
        {
            Successors = Successors ?? SuccessorPolicy.Cancel,
        };
}

/// <summary>A bulk action on dead letters that wait for a decision.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class DeadLetterBulkRequest : BulkRequest
{
    /// <summary>Redrive or Drop.</summary>
    [Required, JsonConverter(typeof(NameConverter<DeadLetterBulkAction>))]
    public DeadLetterBulkAction? Action { get; init; }

    /// <summary>The filter, with the fields of GET /dead-letters; instead of ids.</summary>
    public DeadLetterFilter? Filter { get; init; }

    /// <summary>Another queue to which they are redriven. Default: the queue of each.</summary>
    [Text(200)]
    public string? Queue { get; init; }

    protected override bool HasFilter => Filter is not null;

    protected override bool FilterIsEmpty => Filter == new DeadLetterFilter();

    public override BulkOrder ToOrder() =>
        BulkOrder.Of(Action == DeadLetterBulkAction.Redrive ? BulkActionKind.Redrive : BulkActionKind.Drop, Filter?.ToQuery() ?? new DeadLetterQuery()) with
        {
            Queue = Queue,
            Successors = Successors ?? SuccessorPolicy.Cancel,
        };

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Queue is not null && Action == DeadLetterBulkAction.Drop
            ? base.Validate(validationContext).Append(new("is only for Redrive: what is dropped is sent to no queue.", ["queue"]))
            : base.Validate(validationContext);
}
