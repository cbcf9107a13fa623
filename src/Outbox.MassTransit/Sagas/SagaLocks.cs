using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.MassTransit.Sagas;

/// <summary>
/// Serializes the events of one saga that this process consumes. Conflicts with other processes are detected by the version of
/// the row; the locks only avoid repeated conflicts on a busy saga.
/// </summary>
internal sealed class SagaLocks
{
    private readonly InFlightMessages _held = new();

    /// <summary>Waits until none of the sagas is locked.</summary>
    /// <returns>Releases the locks when disposed, after the commit.</returns>
    public Task<IDisposable> EnterAsync(string sagaType, IEnumerable<Guid> sagas, CancellationToken cancellationToken)
    {
        var type = DerivedId.Of(sagaType);
        return _held.EnterAsync([.. sagas.Select(id => new InboxKey(id, type))], cancellationToken);
    }
}
