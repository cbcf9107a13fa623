using System.Data.Common;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>
/// The scoped unit of work. The scope determines who commits: in a message's scope the inbox opens the unit for one attempt at a
/// time and commits it; in any other scope it is open from the start, and the code that stages commits it.
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
        /// <summary>Open, unless the scope belongs to a message.</summary>
        Initial,

        /// <summary>A consumer is running; the pipeline commits.</summary>
        Consuming,

        /// <summary>The consumer has returned.</summary>
        Consumed,

        /// <summary>The scope has ended.</summary>
        Ended,
    }

    public StagedWork Work { get; private set; } = new();

    public bool HasUncommittedWork => !Work.IsEmpty || !_pending.IsEmpty || _transaction is not null;

    public long? MaxBytes { get; set; }

    /// <summary>Whether the unit's own transaction has written rows to the outbox itself.</summary>
    public bool WakesDispatcher { get; set; }

    public StagedCommand Execute(string sql, params object?[] parameters)
    {
        ThrowIfClosed();
        TransactionWords.Check(sql);
        var command = new StagedCommand(sql, parameters);
        Work.Add(command);
        return command;
    }

    /// <summary>Stages a command of the library, with its table names.</summary>
    public StagedCommand ExecuteOwn(string sql, params object?[] parameters) => Execute(dialect.Names.In(sql), parameters);

    public void Add(StagedMessage message)
    {
        ThrowIfClosed();
        Work.Add(message);
    }

    /// <summary>Adds a message to be staged at the commit. Thread-safe: a consumer may add from several threads.</summary>
    /// <param name="name">The name for the log.</param>
    /// <param name="stage">Stages the message.</param>
    public void AddPending(string name, Func<Task> stage)
    {
        ThrowIfClosed();
        _pending.Add(name, stage);
    }

    /// <summary>Stages the pending messages, which is the first step of a commit.</summary>
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

    /// <summary>Runs SQL of the library, with its table names.</summary>
    public Task<IReadOnlyList<T>> QueryOwnAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsync(dialect.Names.In(sql), parameters, read, cancellationToken);

    /// <summary>Runs an action in the unit's own transaction and translates the store's exceptions. Actions can be nested.</summary>
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

    /// <returns>False if an inbox key existed already: then nothing was changed.</returns>
    public Task<bool> TryCommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        return _phase == Phase.Consuming ? throw UnitOfWorkMisuseException.CommitInConsumer() : CommitStagedAsync(cancellationToken);
    }

    /// <summary>Commits for the pipeline.</summary>
    public async Task<bool> CommitStagedAsync(CancellationToken cancellationToken)
    {
        await StagePendingAsync();
        if (MaxBytes is { } max && _executedBytes + Work.Bytes is var bytes && bytes > max)
        {
            await DiscardAsync();
            throw new UnitOfWorkTooLargeException(bytes, max);
        }

        using var turn = EnterAlone();
        ThrowIfEndedByHand();
        if (_hasFailed)
        {
            throw UnitOfWorkMisuseException.CommitFailedBefore();
        }

        var work = TakeWork();
        _hasFailed = true; // set until the outcome is known: a second commit would store only the rest, or report that everything is stored
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
    /// Commits, and waits while the database is unavailable. A unit with its own transaction has lost it by then, and cannot be
    /// committed later.
    /// </summary>
    /// <returns>False for a duplicate, also if an earlier try with an unknown outcome had succeeded.</returns>
    public async Task<bool> CommitWhenPossibleAsync(CancellationToken cancellationToken)
    {
        if (_transaction is not null)
        {
            return await CommitStagedAsync(cancellationToken);
        }

        await StagePendingAsync();
        using var turn = EnterAlone(); // detects a query that was not awaited, which would be lost
        return await committer.CommitWhenPossibleAsync(TakeWork(), cancellationToken);
    }

    /// <summary>Takes the staged work, to be committed together with others, if it consists only of commands.</summary>
    /// <returns>Null if there is more, such as messages or a transaction of its own.</returns>
    public StagedWork? TakeRows() => _transaction is null && !_isBusy && _pending.IsEmpty && Work.IsRows ? TakeWork() : null;

    /// <summary>Holds a lock until the unit is committed or has failed.</summary>
    public void Hold(IDisposable hold) => _holds.Add(hold);

    /// <summary>Opens the unit for a consumer of a message with this inbox key. Nothing may have been staged before.</summary>
    public async ValueTask EnterConsumerAsync(InboxKey key)
    {
        await ResetAsync();
        _phase = Phase.Consuming;
        Work.InboxKeys.Add(key);
    }

    /// <summary>Closes the unit after the consumer has ended and its work is committed.</summary>
    public ValueTask LeaveConsumerAsync()
    {
        _phase = Phase.Consumed;
        return ResetAsync();
    }

    /// <summary>Whether the unit's own transaction was ended by other code, which may have committed a part of the work.</summary>
    public bool IsEndedByHand => _transaction?.IsEndedByHand == true;

    public async ValueTask DiscardAsync()
    {
        ThrowIfClosed();
        var keys = Work.InboxKeys;
        await ResetAsync();
        Work.InboxKeys.AddRange(keys); // a consumer without any work has still consumed its message
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

    // Some callers dispose their scope synchronously; disposing the transaction does not wait for anything.
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
            // The inbox keys are written at the commit: if other code commits the transaction, its message must not become a
            // duplicate.
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

    /// <summary>Drops everything that is staged and rolls back an open transaction.</summary>
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
        LogMisuse(misuse.Message); // a late caller is often a background task whose exception nobody sees
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

    [LoggerMessage(LogLevel.Error, "Staged work was dropped, because its scope ended without CommitAsync: {Dropped}. Call CommitAsync, or DiscardAsync if nothing should be stored")]
    private partial void LogNeverCommitted(string dropped);

    [LoggerMessage(LogLevel.Warning, "The transaction of a unit of work was rolled back, because its scope ended without CommitAsync or DiscardAsync")]
    private partial void LogRolledBack();

    [LoggerMessage(LogLevel.Error, "A unit of work was misused: {Error}")]
    private partial void LogMisuse(string error);

    /// <summary>Allows one operation at a time, because there is one transaction.</summary>
    private readonly struct Turn(UnitOfWork unit) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref unit._isBusy, false);
    }
}
