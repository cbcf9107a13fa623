using System.Collections;
using Messaging.Outbox.Deliveries;

namespace Messaging.Outbox.Execution;

/// <summary>
/// What a log entry within a delivery is about, in structured logs. The fast lane opens none: its entries name what they are about.
/// A struct, which is allocated only where a logger keeps scopes.
/// </summary>
internal readonly struct DeliveryScope(DeliveryProgress delivery) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Queue", delivery.Queue),
        1 => new("MessageId", delivery.MessageId),
        2 => new("TaskId", delivery.TaskId),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"Queue: {delivery.Queue}, message: {delivery.MessageId}, task: {delivery.TaskId}";
}
