using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>
/// The scoped unit of work. Whose scope it is decides who commits: a message's belongs to the inbox, which opens it for one attempt at a time;
/// any other is open from the start, and committed by whoever stages.
/// </summary>
internal sealed partial class UnitOfWork(
    GroupCommitter committer,
    ICommitStore commits, ISqlDialect dialect,
    ILogger<UnitOfWork> logger,
    IMessageScope? scope = null)
    : IUnitOfWork, IAsyncDisposable, IDisposable
{
    private readonly List<IDisposable> _holds = [];
    private readonly PendingMessages _pending = new();
    private volatile Phase _phase;
    private bool _isBusy;
    private int _actions;
    private int _executed;
    private long _executedBytes;
    private bool _hasFailed;
    private IStoreTransaction? _transaction;

    private enum Phase
    {
        /// <summary>Open, unless the scope is a message's.</summary>
        Initial,

        /// <summary>A consumer is at it; the pipeline commits.</summary>
        Consuming,

        /// <summary>The consumer has returned.</summary>
        Consumed,

        /// <summary>The scope has ended.</summary>
        Ended,
    }

    public StagedWork Work { get; private set; } = new();

    public bool HasUncommittedWork => !Work.IsEmpty || !_pending.IsEmpty || _transaction is not null;

    public long? MaxBytes { get; set; }

    /// <summary>The unit's own transaction has written rows to the outbox by itself.</summary>
    public bool WakesDispatcher { get; set; }

    public StagedCommand Execute(string sql, params object?[] parameters)
    {
        ThrowIfClosed();
        TransactionWords.Check(sql);
        var command = new StagedCommand(sql, parameters);
        Work.Add(command);
        return command;
    }

    /// <summary>The same for SQL of the library.</summary>
    public StagedCommand ExecuteOwn(string sql, params object?[] parameters) => Execute(dialect.Names.In(sql), parameters);

    public void Add(StagedMessage message)
    {
        ThrowIfClosed();
        Work.Add(message);
    }

    /// <summary>Adds what is to be staged at the commit. A consumer may add from several threads at once.</summary>
    /// <param name="name">What it is, for the log.</param>
    /// <param name="stage">Stages it.</param>
    public void AddPending(string name, Func<Task> stage)
    {
        ThrowIfClosed();
        _pending.Add(name, stage);
    }

    /// <summary>Stages what is pending, as a commit does first.</summary>
    public Task StagePendingAsync() => _pending.StageAsync();

    public async Task<DbTransaction> BeginAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        using var turn = Enter();
        return await BeginInTurnAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        TransactionWords.Check(sql);
        using var turn = Enter();
        using var deadline = WithDeadline(cancellationToken);
        var transaction = await BeginInTurnAsync(deadline.Token);
        return await dialect.TranslateAsync(() => dialect.QueryAsync(transaction, sql, parameters, read, deadline.Token));
    }

    /// <summary>The same for SQL of the library.</summary>
    public Task<IReadOnlyList<T>> QueryOwnAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsync(dialect.Names.In(sql), parameters, read, cancellationToken);

    /// <summary>Runs something in the unit's own transaction, with the errors of the store; also within such an action.</summary>
    public async Task<T> InTransactionAsync<T>(Func<OutboxTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        var transaction = await BeginAsync(cancellationToken);
        Interlocked.Increment(ref _actions);
        try
        {
            return await dialect.TranslateAsync(() => action(new OutboxTransaction(transaction, dialect)));
        }
        finally
        {
            Interlocked.Decrement(ref _actions);
        }
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default) => await TryCommitAsync(cancellationToken);

    /// <returns>False when an inbox key was already there: nothing was changed.</returns>
    public Task<bool> TryCommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _phase == Phase.Consuming ? throw UnitOfWorkMisuseException.CommitInConsumer() : CommitStagedAsync(cancellationToken);
    }

    /// <summary>The same, for the pipeline.</summary>
    public async Task<bool> CommitStagedAsync(CancellationToken cancellationToken)
    {
        await StagePendingAsync();
        if (MaxBytes is { } max && _executedBytes + Work.Bytes is var bytes && bytes > max)
        {
            await DiscardAsync();
            throw new StagedTooMuchException(bytes, max);
        }

        using var turn = EnterAlone();
        ThrowIfEndedByHand();
        if (_hasFailed)
        {
            throw UnitOfWorkMisuseException.CommitFailedBefore();
        }

        var work = TakeWork();
        _hasFailed = true; // until it is known: a second commit would store what is left, or say that all is stored
        var unique = _transaction is { } transaction
            ? await CommitAsync(transaction, work, cancellationToken)
            : work.IsEmpty || await committer.CommitAsync(work, cancellationToken);
        _hasFailed = false;
        return unique;
    }

    private async Task<bool> CommitAsync(IStoreTransaction transaction, StagedWork work, CancellationToken cancellationToken)
    {
        using var deadline = WithDeadline(cancellationToken);
        var unique = await transaction.CommitAsync(work, deadline.Token);
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
            return await CommitStagedAsync(cancellationToken);
        }

        await StagePendingAsync();
        using var turn = EnterAlone(); // a query that was not awaited would be lost
        return await committer.CommitWhenPossibleAsync(TakeWork(), cancellationToken);
    }

    /// <summary>Takes what is staged, to be committed with others, when that is nothing but rows.</summary>
    /// <returns>Null when there is more: messages, a transaction of its own.</returns>
    public StagedWork? TakeRows() => _transaction is null && !_isBusy && _pending.IsEmpty && Work.IsRows ? TakeWork() : null;

    /// <summary>Keeps a lock until the unit has been committed, or has failed.</summary>
    public void Hold(IDisposable hold) => _holds.Add(hold);

    /// <summary>Opens the unit for a consumer, whose message has this key. Nobody else may have staged here.</summary>
    public async ValueTask EnterConsumerAsync(InboxKey key)
    {
        await ResetAsync();
        _phase = Phase.Consuming;
        Work.InboxKeys.Add(key);
    }

    /// <summary>The consumer has come to its end, and what was to be committed is.</summary>
    public ValueTask LeaveConsumerAsync()
    {
        _phase = Phase.Consumed;
        return ResetAsync();
    }

    /// <summary>Whether somebody else has ended the unit's own transaction, and perhaps committed a part of the work.</summary>
    public bool IsEndedByHand => _transaction?.IsEndedByHand == true;

    public async ValueTask DiscardAsync()
    {
        ThrowIfClosed();
        var keys = Work.InboxKeys;
        await ResetAsync();
        Work.InboxKeys.AddRange(keys); // a consumer that has nothing to store has consumed its message all the same
    }

    public async ValueTask DisposeAsync()
    {
        _phase = Phase.Ended;
        if (HasUncommittedWork)
        {
            LogDropped();
        }

        await ResetAsync();
    }

    // Some callers dispose their scope synchronously; the transaction's own disposal does not need to wait for anything.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<DbTransaction> BeginInTurnAsync(CancellationToken cancellationToken)
    {
        ThrowIfEndedByHand();
        if (_transaction is { } begun)
        {
            return begun.Transaction;
        }

        using var deadline = WithDeadline(cancellationToken);
        var transaction = await commits.BeginAsync(deadline.Token);
        try
        {
            // The inbox keys come with the commit: a transaction that somebody else commits does not make its message a duplicate.
            var first = new StagedWork();
            first.Commands.AddRange(Work.Commands);
            if (!first.IsEmpty)
            {
                await transaction.ExecuteAsync(first, deadline.Token);
            }
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }

        _executed += Work.Commands.Count;
        _executedBytes += Work.BytesOfCommands;
        Work.Commands.Clear();
        _transaction = transaction;
        return transaction.Transaction;
    }

    /// <summary>Forgets everything staged and rolls an open transaction back.</summary>
    private async ValueTask ResetAsync()
    {
        Work = Work.IsEmpty ? Work : new StagedWork();
        _pending.Clear();
        WakesDispatcher = false;
        _hasFailed = false;
        _executed = 0;
        _executedBytes = 0;
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

    private void ThrowIfClosed()
    {
        if (_phase == Phase.Consuming || (_phase == Phase.Initial && scope?.HasMessage != true))
        {
            return;
        }

        var misuse = _phase switch
        {
            Phase.Initial => UnitOfWorkMisuseException.WithoutInbox(scope!.Queue),
            Phase.Consumed => UnitOfWorkMisuseException.AfterConsumer(),
            _ => UnitOfWorkMisuseException.AfterScope(),
        };
        LogMisuse(misuse.Message); // whoever comes this late is often a task whose exception nobody sees
        throw misuse;
    }

    private void ThrowIfEndedByHand()
    {
        if (IsEndedByHand)
        {
            throw UnitOfWorkMisuseException.TransactionEnded();
        }
    }

    private Turn Enter() => Interlocked.Exchange(ref _isBusy, true) ? throw UnitOfWorkMisuseException.TwoAtOnce() : new Turn(this);

    private Turn EnterAlone()
    {
        var turn = Enter();
        if (Volatile.Read(ref _actions) == 0)
        {
            return turn;
        }

        turn.Dispose();
        throw UnitOfWorkMisuseException.TwoAtOnce();
    }

    private void LogDropped()
    {
        var dropped = StagedText.Of(Work, _executed, _pending.Names);
        if (dropped.Length > 0)
        {
            LogNeverCommitted(dropped);
        }
        else if (_transaction is not null)
        {
            LogRolledBack();
        }
    }

    [LoggerMessage(LogLevel.Error, "Staged and dropped, because its scope ended without CommitAsync: {Dropped}. Call CommitAsync, or DiscardAsync where nothing is to be stored")]
    private partial void LogNeverCommitted(string dropped);

    [LoggerMessage(LogLevel.Warning, "The transaction of a unit of work was rolled back, because its scope ended without CommitAsync or DiscardAsync")]
    private partial void LogRolledBack();

    [LoggerMessage(LogLevel.Error, "A unit of work refused to stage: {Error}")]
    private partial void LogMisuse(string error);

    /// <summary>One operation at a time, as its one transaction can do.</summary>
    private readonly struct Turn(UnitOfWork unit) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref unit._isBusy, false);
    }
}
