namespace Messaging.Outbox;

/// <summary>
/// A unit of work was used in a way by which work would be lost or doubled. The message says what to write instead. It is a fault of the
/// code, so no retry is made: in a consumer the message becomes a dead letter at once.
/// </summary>
public sealed class UnitOfWorkMisuseException : InvalidOperationException, IPermanentFailure
{
    internal UnitOfWorkMisuseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    private const string OwnScope =
        "what has to be stored whatever becomes of the message belongs to a scope of its own (IServiceScopeFactory.CreateAsyncScope), whose unit you commit";

    internal static UnitOfWorkMisuseException CommitInConsumer() => new(
        "A consumer does not commit its unit of work: the pipeline does, with the inbox entry, when Consume returns. " +
        $"Remove the call; {OwnScope}.");

    internal static UnitOfWorkMisuseException AfterConsumer() => new(
        "The consumer has returned and its unit of work is committed: what is staged now would be lost. " +
        $"Await everything inside Consume; {OwnScope}.");

    internal static UnitOfWorkMisuseException AfterScope() => new(
        "The scope of this unit of work has ended: what is staged now would be lost. " +
        "Await everything before the scope ends, and resolve a unit of work in each scope of your own.");

    internal static UnitOfWorkMisuseException WithoutInbox(string? queue) => new(
        $"Nothing commits this unit of work: it belongs to a message of {queue ?? "a queue"} which is not in the inbox at this point. " +
        "A filter outside the inbox, or a consumer that was added past the registration, does not stage. Add the consumer with AddConsumer and " +
        "ConfigureEndpoints or ConfigureConsumer(context), or call UseOutbox(context) on the endpoint; a job consumer, like whatever " +
        "commits by itself, opens a scope of its own (IServiceScopeFactory.CreateAsyncScope).");

    internal static UnitOfWorkMisuseException TransactionEnded(Exception? innerException = null) => new(
        "The transaction of this unit of work was committed or rolled back by hand, so the rest cannot be stored with it. " +
        "Leave what BeginAsync returns alone: CommitAsync ends it, and in a consumer the pipeline. " +
        $"What must not be stored is dropped by DiscardAsync; {OwnScope}.",
        innerException);

    internal static UnitOfWorkMisuseException CommitFailedBefore() => new(
        "A commit of this unit of work has failed, and what was staged for it is not in the unit any more: a second commit would not store it. " +
        "Do the whole again in a scope of its own (IServiceScopeFactory.CreateAsyncScope), where the outcome is unknown under the same ids; " +
        "or call DiscardAsync before you stage something else here.");

    internal static UnitOfWorkMisuseException WithoutPredecessor() => new(
        "A task can come after another one only within one commit: one that was committed before, discarded, or added in another scope would never start it. " +
        "Add both before the CommitAsync of their scope, or let the consumer of the first one add what follows.");

    internal static UnitOfWorkMisuseException TransactionWord(string word) => new(
        $"A unit of work does not execute {word}: it would end the transaction, in which others' work is as well. " +
        "Remove it: CommitAsync commits, and in a consumer the pipeline; DiscardAsync rolls back.");

    internal static UnitOfWorkMisuseException TwoAtOnce() => new(
        "A second operation was started on this unit of work before the first one was over. Await each BeginAsync, QueryAsync and CommitAsync before the next; " +
        "what runs in parallel needs a scope of its own (IServiceScopeFactory.CreateAsyncScope) each.");
}
