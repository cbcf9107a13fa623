using System.Transactions;
using Messaging.Outbox.Staging;

namespace Messaging.Outbox;

/// <summary>
/// A unit of work was used in a way that would lose or duplicate work. The message describes what to write instead. It is a bug
/// in the code, so it is not retried: in a consumer the message becomes a dead letter at once.
/// </summary>
public sealed class UnitOfWorkMisuseException : InvalidOperationException, IPermanentFailure
{
    internal UnitOfWorkMisuseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    private const string OwnScope =
        "to store data independently of the message, create another scope (IServiceScopeFactory.CreateAsyncScope) and commit its unit of work";

    /// <summary>Why a unit takes nothing in this phase.</summary>
    internal static UnitOfWorkMisuseException Of(UnitPhase phase, IMessageScope? scope) => phase switch
    {
        UnitPhase.Initial => WithoutInbox(scope?.Queue),
        UnitPhase.Consumed => AfterConsumer(),
        _ => AfterScope(),
    };

    internal static UnitOfWorkMisuseException CommitInConsumer() => new(
        "A consumer must not commit its unit of work: the pipeline commits it with the inbox entry when Consume returns. " +
        $"Remove the call; {OwnScope}.");

    /// <summary>A commit here would stay if the scope is rolled back, and a task would run for what was never stored.</summary>
    /// <exception cref="UnitOfWorkMisuseException">The code runs in a <see cref="TransactionScope"/>.</exception>
    internal static void ThrowIfInScope()
    {
        if (Transaction.Current is not null)
        {
            throw new UnitOfWorkMisuseException(
                "A unit of work does not take part in a TransactionScope: it would be committed although the scope may be rolled back. Remove the scope, and write to the database in the " +
                "transaction of the unit (Execute, or BeginAsync); or begin and commit the unit outside of the scope.");
        }
    }

    private static UnitOfWorkMisuseException AfterConsumer() => new(
        "The consumer has returned and its unit of work is committed: work that is staged now would be lost. " +
        $"Await everything inside Consume; {OwnScope}.");

    private static UnitOfWorkMisuseException AfterScope() => new(
        "The scope of this unit of work has ended: work that is staged now would be lost. " +
        "Await everything before the scope ends, and resolve a separate unit of work in each scope.");

    private static UnitOfWorkMisuseException WithoutInbox(string? queue) => new(
        $"Nothing commits this unit of work: it belongs to a message of {queue ?? "a queue"} which is not in the inbox at this point. " +
        "A filter outside the inbox, or a consumer that was added past the registration, does not stage. Add the consumer with AddConsumer and " +
        "ConfigureEndpoints or ConfigureConsumer(context), or call UseOutbox(context) on the endpoint; a job consumer, like whatever " +
        "commits by itself, opens a scope of its own (IServiceScopeFactory.CreateAsyncScope).");

    internal static UnitOfWorkMisuseException TransactionEnded(Exception? innerException = null) => new(
        "The transaction of this unit of work was committed or rolled back by other code, so the rest cannot be stored with it. " +
        "Do not end the transaction that BeginAsync returns: CommitAsync does, and in a consumer the pipeline. " +
        $"DiscardAsync drops work that must not be stored; {OwnScope}.",
        innerException);

    internal static UnitOfWorkMisuseException CommitFailedBefore() => new(
        "A commit of this unit of work has failed, and the unit no longer contains the staged work: a second commit would not store it. " +
        "Repeat all of it in a new scope (IServiceScopeFactory.CreateAsyncScope), with the same ids if the outcome is unknown; " +
        "or call DiscardAsync before you stage other work in this unit.");

    internal static UnitOfWorkMisuseException WithoutPredecessor() => new(
        "A task can only follow another task of the same commit: a task that was committed before, discarded, or added in another scope would never start it. " +
        "Add both before the CommitAsync of their scope, or let the consumer of the first task add the second one.");

    internal static UnitOfWorkMisuseException TransactionWord(string word) => new(
        $"A unit of work does not execute {word}: it would end the transaction, which also contains the work of others. " +
        "Remove it: CommitAsync commits, and in a consumer the pipeline; DiscardAsync rolls back.");

    internal static UnitOfWorkMisuseException TwoAtOnce() => new(
        "A second operation was started on this unit of work before the first one had finished. Await each BeginAsync, QueryAsync and CommitAsync before the next; " +
        "parallel operations need separate scopes (IServiceScopeFactory.CreateAsyncScope).");
}
