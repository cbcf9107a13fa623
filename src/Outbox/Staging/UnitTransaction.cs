using System.Data.Common;
using Messaging.Outbox.Store;

namespace Messaging.Outbox.Staging;

/// <summary>A unit's own transaction, which begins when it is first needed, and what the unit has executed in it so far.</summary>
internal sealed class UnitTransaction(ICommitStore commits)
{
    private IStoreTransaction? _transaction;

    /// <summary>Null before it is needed, and after its end.</summary>
    public IStoreTransaction? Current => _transaction;

    /// <summary>Commands that it has executed.</summary>
    public int Executed { get; private set; }

    /// <summary>Bytes of the commands that it has executed.</summary>
    public long ExecutedBytes { get; private set; }

    /// <summary>Whether other code has ended it, and may have committed a part of the work.</summary>
    public bool IsEndedByHand => _transaction?.IsEndedByHand == true;

    /// <summary>Begins it if necessary, and executes the commands that are staged.</summary>
    /// <param name="work">The staged work; its commands are taken out of it.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    public async Task<DbTransaction> BeginAsync(StagedWork work, CancellationToken cancellationToken)
    {
        ThrowIfEndedByHand();
        if (_transaction is { } begun)
        {
            return begun.Transaction;
        }

        var transaction = await commits.BeginAsync(cancellationToken);
        var first = work.TakeCommands(); // one that another thread stages meanwhile runs at the commit
        try
        {
            // The inbox keys are written at the commit: if other code commits the transaction, its message must not become a
            // duplicate.
            if (!first.IsEmpty)
            {
                await transaction.ExecuteAsync(first, cancellationToken);
            }
        }
        catch
        {
            work.BringBack(first);
            await transaction.DisposeAsync();
            throw;
        }

        Executed += first.Commands.Count;
        ExecutedBytes += first.BytesOfCommands;
        _transaction = transaction;
        return transaction.Transaction;
    }

    /// <exception cref="UnitOfWorkMisuseException">Other code has ended the transaction.</exception>
    public void ThrowIfEndedByHand()
    {
        if (IsEndedByHand)
        {
            throw UnitOfWorkMisuseException.TransactionEnded();
        }
    }

    /// <summary>Rolls it back if it is open, and forgets it.</summary>
    public async ValueTask ResetAsync()
    {
        (Executed, ExecutedBytes) = (0, 0);
        if (_transaction is { } transaction)
        {
            _transaction = null;
            await transaction.DisposeAsync();
        }
    }
}
