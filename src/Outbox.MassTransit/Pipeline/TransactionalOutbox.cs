namespace Messaging.Outbox.MassTransit.Pipeline;

/// <summary>The type argument that identifies this outbox's consume filter in MassTransit. It has no instances.</summary>
public sealed class TransactionalOutbox
{
    private TransactionalOutbox()
    {
    }
}
