using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Messaging.Outbox.Rows;

namespace Messaging.Outbox.AspNetCore.Tasks;

/// <summary>
/// The events of a task for callers without an access key: data that they cannot see causes no event and is not part of an
/// event's id.
/// </summary>
internal sealed class AnonymousEvents(TaskKinds kinds, ITaskFeed feed)
{
    public bool HasEnded(TaskRecord task) => kinds.StateOf(task).HasEnded;

    public string EventIdOf(TaskRecord task) => kinds.ShowsCourse(task.Kind)
        ? feed.EventIdOf(task)
        : ((int)kinds.StateOf(task)).ToString(CultureInfo.InvariantCulture);

    public IAsyncEnumerable<SseItem<object?>> Follow(TaskRecord task, string? last, CancellationToken cancellationToken) =>
        ItemsAsync(feed.Follow(task, kinds.ShowsCourse(task.Kind) ? last : null, cancellationToken), last, cancellationToken);

    private async IAsyncEnumerable<SseItem<object?>> ItemsAsync(
        IAsyncEnumerable<TaskEvent> events, string? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in events.WithCancellation(cancellationToken))
        {
            if (change.Task is not { } task)
            {
                yield return new SseItem<object?>(null, change.Lagged ? "lagged" : "ping") { EventId = last };
                continue;
            }

            var eventId = EventIdOf(task);
            if (eventId != last)
            {
                last = eventId;
                yield return new SseItem<object?>(ViewOf(task), "task") { EventId = eventId };
            }

            if (HasEnded(task))
            {
                yield break; // the task itself may continue
            }
        }
    }

    private object ViewOf(TaskRecord task) => kinds.ShowsCourse(task.Kind) ? task.WithoutPlaces().Masked() : kinds.Redacted(task);
}
