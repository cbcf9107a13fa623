namespace Messaging.Outbox;

/// <summary>
/// Marks a consumer that does nothing but stage: rows by <see cref="IUnitOfWork.Execute"/>, and messages. The inbox then looks nothing up
/// before it runs, which saves a round trip a message: whether the message is a duplicate, or its task cancelled, turns out at the commit, and nothing is
/// committed then. Such a consumer may run more than once for a message and has one effect all the same; one that sends a mail must not be marked.
/// </summary>
/// <remarks>
/// One that stages nothing but rows, and is done when it returns, is run past MassTransit's pipeline on RabbitMQ as long as nothing fails (the fast lane):
/// filters and observers that were added to its endpoint do not see those messages.
/// </remarks>
public interface IStagingConsumer;
