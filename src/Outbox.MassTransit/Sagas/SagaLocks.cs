using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Serializes the events of a saga instance within this process. The locks are an optimization that avoids repeated conflicts on
/// a busy instance: the row's version detects conflicts, also those with other processes.
/// </summary>
internal sealed class SagaLocks
{
    private readonly InFlightMessages _held = new();

    /// <summary>
    /// Locks the instances, and waits until none of them is locked; always in the same order, so that two holders cannot deadlock.
    /// </summary>
    /// <returns>Releases the locks; dispose it after the commit.</returns>
    public async Task<IDisposable> EnterAsync(string sagaType, IEnumerable<Guid> sagas, CancellationToken cancellationToken)
    {
        var (type, hold) = (DerivedId.Of(sagaType), _held.Open());
        foreach (var id in sagas.Distinct().Order())
        {
            await hold.TakeAsync(new InboxKey(id, type), cancellationToken);
        }

        return hold;
    }
}
