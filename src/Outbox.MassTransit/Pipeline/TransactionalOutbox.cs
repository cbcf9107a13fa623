namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>Identifies the outbox's filter in MassTransit.</summary>
public sealed class TransactionalOutbox
{
    private TransactionalOutbox()
    {
    }
}
