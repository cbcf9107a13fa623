using System.Collections.Concurrent;
using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>The scoped unit of work.</summary>
internal sealed partial class UnitOfWork(GroupCommitter committer, IOutboxStore store, ILogger<UnitOfWork> logger)
    : IUnitOfWork, IAsyncDisposable, IDisposable
{
    private readonly List<IDisposable> _holds = [];
    private IStoreTransaction? _transaction;

    public StagedWork Work { get; private set; } = new();

    /// <summary>What is to be staged at the commit. A consumer may add from several threads at once.</summary>
    public ConcurrentQueue<Func<Task>> Pending { get; } = new();

    public StagedCommand Execute(string sql, params object?[] parameters)
    {
        var command = new StagedCommand(sql, parameters);
        Work.Commands.Add(command);
        return command;
    }

    public async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken = default)
    {
        if (_transaction is null)
        {
            using var deadline = WithDeadline(cancellationToken);
            _transaction = await store.BeginAsync(deadline.Token);
            if (!await _transaction.ExecuteAsync(Work, deadline.Token))
            {
                throw new DuplicateMessageException();
            }

            Work.Commands.Clear();
            Work.InboxKeys.Clear();
        }

        return _transaction.Transaction;
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default)
    {
        using var deadline = WithDeadline(cancellationToken);
        return await InTransactionAsync(
            transaction => transaction.QueryAsync(sql, read, deadline.Token, [.. parameters]), deadline.Token);
    }

    /// <summary>The unit's own transaction has written rows to the outbox by itself.</summary>
    public bool WakesDispatcher { get; set; }

    /// <summary>Runs something in the unit's own transaction, with the errors of the store.</summary>
    public async Task<T> InTransactionAsync<T>(Func<DbTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        var transaction = await BeginAsync(cancellationToken);
        return await store.TranslateAsync(() => action(transaction));
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default) => await TryCommitAsync(cancellationToken);

    /// <returns>False when an inbox key was already there: the message is a duplicate and nothing was changed.</returns>
    public async Task<bool> TryCommitAsync(CancellationToken cancellationToken)
    {
        await StagePendingAsync();
        var work = TakeWork();
        if (_transaction is null)
        {
            return work.IsEmpty || await committer.CommitAsync(work, cancellationToken);
        }

        using var deadline = WithDeadline(cancellationToken);
        var unique = await _transaction.CommitAsync(work, deadline.Token);
        committer.Committed(work, WakesDispatcher);
        await ResetAsync();
        return unique;
    }

    /// <summary>
    /// Commits, and waits for a database that is out of reach. A unit with a transaction of its own has lost that, and
    /// cannot be committed later.
    /// </summary>
    /// <returns>False for a duplicate: also when an earlier try, whose outcome was unknown, had gone through.</returns>
    public async Task<bool> CommitWhenPossibleAsync(CancellationToken cancellationToken)
    {
        if (_transaction is not null)
        {
            return await TryCommitAsync(cancellationToken);
        }

        await StagePendingAsync();
        return await committer.CommitWhenPossibleAsync(TakeWork(), cancellationToken);
    }

    /// <summary>Takes what is staged, to be committed with others, when that is nothing but rows.</summary>
    /// <returns>Null when there is more: messages, a transaction of its own.</returns>
    public StagedWork? TakeRows() => _transaction is null && Pending.IsEmpty && Work.IsRows ? TakeWork() : null;

    /// <summary>Keeps a lock until the unit has been committed, or has failed.</summary>
    public void Hold(IDisposable hold) => _holds.Add(hold);

    /// <summary>Forgets everything staged and rolls an open transaction back, so that a retry starts from nothing.</summary>
    public async ValueTask ResetAsync()
    {
        Work = new StagedWork();
        Pending.Clear();
        WakesDispatcher = false;
        try
        {
            if (_transaction is { } transaction)
            {
                _transaction = null;
                await transaction.DisposeAsync();
            }
        }
        finally
        {
            _holds.ForEach(hold => hold.Dispose());
            _holds.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Work.Messages.Count + Pending.Count > 0 && Work.InboxKeys.Count == 0)
        {
            LogNeverCommitted(Work.Messages.Count + Pending.Count);
        }

        await ResetAsync();
    }

    private StagedWork TakeWork()
    {
        var work = Work;
        Work = new StagedWork();
        return work;
    }

    private CancellationTokenSource WithDeadline(CancellationToken cancellationToken)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(committer.CommitTimeout);
        return deadline;
    }

    private async Task StagePendingAsync()
    {
        while (Pending.TryDequeue(out var stage))
        {
            await stage();
        }
    }

    // Some callers dispose their scope synchronously; the transaction's own disposal does not need to wait for anything.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    [LoggerMessage(LogLevel.Warning, "{Count} staged message(s) were dropped: the scope ended without CommitAsync")]
    private partial void LogNeverCommitted(int count);
}
