using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Serializes the events of a saga instance within this process. The locks are an optimization that avoids repeated conflicts on
/// a busy instance: the row's version detects conflicts, also those with other processes.
/// </summary>
internal sealed class SagaLocks
{
    private readonly InFlightMessages _held = new();

    /// <summary>Locks the instances; waits until none of them is locked.</summary>
    /// <returns>Releases the locks; dispose it after the commit.</returns>
    public Task<IDisposable> EnterAsync(string sagaType, IEnumerable<Guid> sagas, CancellationToken cancellationToken)
    {
        var type = DerivedId.Of(sagaType);
        return _held.EnterAsync([.. sagas.Select(id => new InboxKey(id, type))], cancellationToken);
    }
}
