using Messaging.Outbox.Inbox;

namespace Messaging.Outbox.Sagas;

/// <summary>
/// Lets the events of one saga that this process consumes go one after the other. Those of other processes are told by the version of the row;
/// this only keeps a busy saga from being tried in vain again and again.
/// </summary>
internal sealed class SagaLocks
{
    private readonly InFlightMessages _held = new();

    /// <summary>Waits until nobody else has one of these.</summary>
    /// <returns>What to dispose of after the commit.</returns>
    public Task<IDisposable> EnterAsync(string sagaType, IEnumerable<Guid> sagas, CancellationToken cancellationToken)
    {
        var type = DerivedId.Of(sagaType);
        return _held.EnterAsync([.. sagas.Select(id => new InboxKey(id, type))], cancellationToken);
    }
}
