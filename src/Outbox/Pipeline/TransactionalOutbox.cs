namespace Messaging.Outbox.Pipeline;

/// <summary>Marks MassTransit's outbox filter as ours.</summary>
public sealed class TransactionalOutbox
{
    private TransactionalOutbox()
    {
    }
}
