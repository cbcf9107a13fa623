using System.Globalization;

namespace Messaging.Outbox.Rows;

/// <summary>
/// The consumers that have to finish before a task succeeds: a count for each queue. Determined when the message is sent, and
/// carried in the header <c>Task-Consumers</c> if there is more than one (docs/decisions/0025).
/// </summary>
internal sealed class ExpectedConsumers
{
    private readonly IReadOnlyDictionary<string, int> _byQueue;

    private ExpectedConsumers(IReadOnlyDictionary<string, int> byQueue) => _byQueue = byQueue;

    public IEnumerable<string> Queues => _byQueue.Keys;

    /// <returns>Null if there is at most one consumer, which then ends the task by itself.</returns>
    public static ExpectedConsumers? Of(IReadOnlyDictionary<string, int> byQueue) =>
        byQueue.Values.Sum() > 1 ? new ExpectedConsumers(byQueue) : null;

    /// <summary>Reads <c>billing;orders*2</c>.</summary>
    /// <returns>Null if the header is missing or invalid.</returns>
    public static ExpectedConsumers? Parse(string? text)
    {
        var byQueue = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in text?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var star = part.LastIndexOf('*');
            var count = 1;
            if (star >= 0 && !int.TryParse(part.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count))
            {
                return null;
            }

            byQueue[star < 0 ? part : part[..star]] = count;
        }

        return Of(byQueue);
    }

    /// <summary>Whether all are done: the expected number of distinct consumers on each queue.</summary>
    /// <param name="doneOn">The queues of the consumers that are done, one entry for each consumer.</param>
    /// <param name="isGone">Whether a queue no longer has consumers and need not be waited for. Default: none.</param>
    public bool AreDone(IReadOnlyCollection<string> doneOn, Func<string, bool>? isGone = null) =>
        Missing(doneOn).All(queue => isGone?.Invoke(queue) == true);

    /// <summary>The queues on which not all consumers are done.</summary>
    public IEnumerable<string> Missing(IReadOnlyCollection<string> doneOn) =>
        _byQueue.Where(e => doneOn.Count(queue => queue == e.Key) < e.Value).Select(e => e.Key);

    public override string ToString() => string.Join(
        ';', _byQueue.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => e.Value == 1 ? e.Key : string.Create(CultureInfo.InvariantCulture, $"{e.Key}*{e.Value}")));
}
