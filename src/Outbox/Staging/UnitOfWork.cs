using System.Data.Common;
using Messaging.Outbox.Store;
using Messaging.Outbox.Telemetry;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Staging;

/// <summary>
/// The scoped unit of work. The scope determines who commits: in a message's scope the inbox opens the unit for one attempt at a
/// time and commits it; in any other scope it is open from the start, and the code that stages commits it.
/// </summary>
internal sealed class UnitOfWork(
    GroupCommitter committer,
    ICommitStore commits,
    ISqlDialect dialect,
    ILogger<UnitOfWork> logger,
    IMessageScope? scope = null)
    : IUnitOfWork, IAsyncDisposable, IDisposable
{
    private readonly List<IDisposable> _holds = [];
    private readonly PendingMessages _pending = new();
    private readonly UnitTurns _turns = new();
    private readonly UnitTransaction _transaction = new(commits);
    private volatile UnitPhase _phase;
    private bool _hasFailed, _hasLostStore;

    public StagedWork Work { get; private set; } = new();

    public bool HasUncommittedWork => !Work.IsEmpty || !_pending.IsEmpty || _transaction.Current is not null;

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

    /// <summary>Takes a staged message back, whose row no command could delete: rows are written after all commands.</summary>
    public void Withdraw(Guid messageId)
    {
        ThrowIfClosed();
        Work.Remove(messageId);
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
        UnitOfWorkMisuseException.ThrowIfInScope();
        using var turn = _turns.Enter();
        return await BeginInTurnAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        TransactionWords.Check(sql);
        using var turn = _turns.Enter();
        using var deadline = WithDeadline(cancellationToken);
        var transaction = await BeginInTurnAsync(deadline.Token);
        return await WatchAsync(() => dialect.QueryAsync(transaction, sql, parameters, read, deadline.Token));
    }

    /// <summary>Runs SQL of the library, with its table names.</summary>
    public Task<IReadOnlyList<T>> QueryOwnAsync<T>(
        string sql, IReadOnlyList<object?> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        QueryAsync(dialect.Names.In(sql), parameters, read, cancellationToken);

    /// <summary>Runs an action in the unit's own transaction and translates the store's exceptions. Actions can be nested.</summary>
    public async Task<T> InTransactionAsync<T>(Func<OutboxTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        var transaction = await BeginAsync(cancellationToken);
        return await _turns.RunActionAsync(() => WatchAsync(() => action(new OutboxTransaction(transaction, dialect))));
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default) => await TryCommitAsync(cancellationToken);

    /// <returns>False if an inbox key existed already: then nothing was changed.</returns>
    public Task<bool> TryCommitAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        if (HasUncommittedWork)
        {
            UnitOfWorkMisuseException.ThrowIfInScope();
        }

        return _phase == UnitPhase.Consuming ? throw UnitOfWorkMisuseException.CommitInConsumer() : CommitStagedAsync(cancellationToken);
    }

    /// <summary>Commits for the pipeline.</summary>
    public async Task<bool> CommitStagedAsync(CancellationToken cancellationToken)
    {
        await StagePendingAsync();
        if (MaxBytes is { } max && _transaction.ExecutedBytes + Work.Bytes is var bytes && bytes > max)
        {
            await DiscardAsync();
            throw new UnitOfWorkTooLargeException(bytes, max);
        }

        using var turn = _turns.EnterAlone();
        _transaction.ThrowIfEndedByHand();
        if (_hasFailed)
        {
            throw UnitOfWorkMisuseException.CommitFailedBefore();
        }

        CloseToConsumer();
        var work = TakeWork();
        _hasFailed = true; // set until the outcome is known: a second commit would store only the rest, or report that everything is stored
        var unique = _transaction.Current is { } transaction
            ? await CommitAsync(transaction, work, cancellationToken)
            : work.IsEmpty || await committer.CommitAsync(work, cancellationToken);
        _hasFailed = false;
        return unique;
    }

    private async Task<bool> CommitAsync(IStoreTransaction transaction, StagedWork work, CancellationToken cancellationToken)
    {
        using var deadline = WithDeadline(cancellationToken);
        var unique = await OutboxTraces.RunAsync(CommitSpan.StartAlone(), () => transaction.CommitAsync(work, deadline.Token));
        committer.Committed(work, WakesDispatcher);
        if (unique)
        {
            committer.CountOwn(work);
        }

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
        if (_transaction.Current is not null)
        {
            return await CommitStagedAsync(cancellationToken);
        }

        await StagePendingAsync();
        using var turn = _turns.EnterAlone(); // detects a query that was not awaited, which would be lost
        CloseToConsumer();
        return await committer.CommitWhenPossibleAsync(TakeWork(), cancellationToken);
    }

    /// <summary>Takes the staged work, to be committed together with others, if it consists only of commands.</summary>
    /// <returns>Null if there is more, such as messages or a transaction of its own.</returns>
    public StagedWork? TakeRows()
    {
        if (_transaction.Current is not null || _turns.IsBusy || !_pending.IsEmpty || !Work.IsRows)
        {
            return null;
        }

        CloseToConsumer();
        return TakeWork();
    }

    /// <summary>Holds a lock until the unit is committed or has failed.</summary>
    public void Hold(IDisposable hold) => _holds.Add(hold);

    /// <summary>Opens the unit for a consumer of a message with this inbox key. Nothing may have been staged before.</summary>
    public async ValueTask EnterConsumerAsync(InboxKey key)
    {
        await ResetAsync();
        _phase = UnitPhase.Consuming;
        Work.InboxKeys.Add(key);
    }

    /// <summary>Closes the unit after the consumer has ended and its work is committed.</summary>
    public ValueTask LeaveConsumerAsync()
    {
        _phase = UnitPhase.Consumed;
        return ResetAsync();
    }

    /// <summary>Whether the unit's own transaction was ended by other code, which may have committed a part of the work.</summary>
    public bool IsEndedByHand => _transaction.IsEndedByHand;

    public async ValueTask DiscardAsync()
    {
        ThrowIfClosed();
        var keys = Work.InboxKeys;
        await ResetAsync();
        Work.InboxKeys.AddRange(keys); // a consumer without any work has still consumed its message
    }

    public async ValueTask DisposeAsync()
    {
        _phase = UnitPhase.Ended;
        if (HasUncommittedWork && !_hasLostStore && !_hasFailed) // otherwise its caller got the exception
        {
            logger.LogDropped(StagedText.Of(Work, _transaction.Executed, _pending.Names), isRolledBack: _transaction.Current is not null);
        }

        await ResetAsync();
    }

    // Some callers dispose their scope synchronously; disposing the transaction does not wait for anything.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<DbTransaction> BeginInTurnAsync(CancellationToken cancellationToken)
    {
        using var deadline = WithDeadline(cancellationToken);
        return await _transaction.BeginAsync(Work, deadline.Token);
    }

    private async Task<T> WatchAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await dialect.TranslateAsync(action);
        }
        catch (StoreUnavailableException)
        {
            _hasLostStore = true;
            throw;
        }
    }

    /// <summary>Drops everything that is staged and rolls back an open transaction.</summary>
    private async ValueTask ResetAsync()
    {
        Work = Work.IsEmpty ? Work : new StagedWork();
        _pending.Clear();
        WakesDispatcher = false;
        (_hasFailed, _hasLostStore) = (false, false);
        try
        {
            await _transaction.ResetAsync();
        }
        finally
        {
            _holds.ForEach(hold => hold.Dispose());
            _holds.Clear();
        }
    }

    // What a consumer left running may stage until its message is settled: after the work is taken, nothing would commit it.
    private void CloseToConsumer() => _phase = _phase == UnitPhase.Consuming ? UnitPhase.Consumed : _phase;

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
        if (_phase == UnitPhase.Consuming || (_phase == UnitPhase.Initial && scope?.HasMessage != true))
        {
            return;
        }

        var misuse = UnitOfWorkMisuseException.Of(_phase, scope);
        logger.LogMisuse(misuse.Message); // a late caller is often a background task whose exception nobody sees
        throw misuse;
    }
}
