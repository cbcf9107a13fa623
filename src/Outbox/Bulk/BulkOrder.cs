using System.Text.Json;
using System.Text.Json.Serialization;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Bulk;

/// <summary>What is to be done with all that match a filter.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Action">What is done.</param>
/// <param name="Filter">A <see cref="TaskQuery"/> or a <see cref="DeadLetterQuery"/> as JSON.</param>
internal sealed record BulkOrder(BulkSubject Subject, BulkActionKind Action, JsonElement Filter)
{
    private static readonly JsonSerializerOptions Json = new(JsonText.Named)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // a condition of a newer version that is left out would match more
    };

    /// <summary>The other queue to which dead letters are redriven; null for their own.</summary>
    public string? Queue { get; init; }

    /// <summary>What happens to the successors of tasks that are cancelled, or whose dead letters are dropped.</summary>
    public SuccessorPolicy Successors { get; init; }

    /// <summary>The ids of tasks that were named, in place of a filter.</summary>
    public IReadOnlyList<Guid>? Ids => Filter.ValueKind == JsonValueKind.Object && Filter.TryGetProperty("ids", out var ids) ? ids.Deserialize<List<Guid>>(Json) : null;

    /// <summary>Whether this version of the program knows what is to be done; a newer one may have begun it.</summary>
    public bool IsKnown
    {
        get
        {
            try
            {
                return Enum.IsDefined(Subject) && Enum.IsDefined(Action) && Enum.IsDefined(Successors)
                    && (Subject == BulkSubject.DeadLetters ? DeadLetterQuery is not null : Ids is { } ids ? ids.Count > 0 && Filter.EnumerateObject().Count() == 1 : TaskQuery is not null);
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    public TaskQuery TaskQuery => Filter.Deserialize<TaskQuery>(Json)!;

    public DeadLetterQuery DeadLetterQuery => Filter.Deserialize<DeadLetterQuery>(Json)!;

    public static BulkOrder Of(BulkActionKind action, TaskQuery query)
    {
        var filter = JsonSerializer.SerializeToNode(query, Json)!.AsObject();
        filter.Remove("limit"); // those of a page
        filter.Remove("after");
        if (query.States.Count == 0)
        {
            filter.Remove("states");
        }

        return new BulkOrder(BulkSubject.Tasks, action, filter.Deserialize<JsonElement>());
    }

    /// <summary>The same order for these tasks, in place of its filter.</summary>
    public BulkOrder For(IReadOnlyList<Guid> ids) => this with { Filter = JsonSerializer.SerializeToElement(new { ids }, Json) };

    public static BulkOrder Of(BulkActionKind action, DeadLetterQuery query) =>
        new(BulkSubject.DeadLetters, action, JsonSerializer.SerializeToElement(query, Json));
}
