namespace Messaging.Outbox;

/// <summary>
/// Marks a consumer that only stages commands (<see cref="IUnitOfWork.Execute"/>) and messages. The inbox then skips the look-up
/// before it runs, which saves a round trip for each message: the commit detects a duplicate or a cancelled task, and then
/// commits nothing. Such a consumer may run several times for a message, but has its effect once. Do not mark a consumer that
/// sends a mail.
/// </summary>
/// <remarks>
/// A consumer that stages only rows, and has finished when it returns, runs in the fast lane on RabbitMQ as long as nothing
/// fails: filters and observers of its endpoint do not see those messages.
/// </remarks>
public interface IStagingConsumer;
