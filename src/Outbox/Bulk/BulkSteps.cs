using System.Diagnostics;
using Messaging.Outbox.Staging;
using Messaging.Outbox.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.Bulk;

/// <summary>
/// Runs bulk actions step by step. A step is one transaction: it moves the position, changes what it has found, and counts. So a process can be
/// killed at any moment, another one continues where the last committed step ended, and nothing is done twice.
/// </summary>
internal sealed class BulkSteps(IServiceScopeFactory scopes, ISqlDialect dialect, StoreClock time)
{
    /// <summary>How long a process holds an action without finishing a step; a step takes less.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StepDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Takes an action that no other process holds; null if there is none.</summary>
    /// <param name="holder">The process.</param>
    /// <param name="except">Actions that it does not take.</param>
    /// <param name="cancellationToken">Cancels the statements.</param>
    public Task<RunningBulkAction?> TakeAsync(Guid holder, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken) => InUnitAsync(
        async transaction =>
        {
            var now = time.GetUtcNow();
            return (await transaction.QueryAsync(
                BulkActionSql.Take(dialect, except.Count), BulkActionSql.ReadRunning, cancellationToken, [holder, new StoreTime(now), new StoreTime(now + Lease), new StoreTime(now + BulkRetry.LongestPause), .. except])).FirstOrDefault();
        },
        cancellationToken);

    /// <summary>Runs the next step.</summary>
    /// <returns>The action after it; null if another process holds it by now, or somebody has stopped it: then nothing was changed.</returns>
    /// <exception cref="BulkStepException">It could not be committed.</exception>
    public async Task<RunningBulkAction?> StepAsync(RunningBulkAction running, Guid holder, CancellationToken cancellationToken)
    {
        var (start, only, isSearching) = (Stopwatch.GetTimestamp(), (Guid?)null, true);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StepDeadline);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var unit = scope.ServiceProvider.GetRequiredService<UnitOfWork>();
            var subject = scope.ServiceProvider.GetRequiredService<BulkSubjects>().Of(running.Action.Subject);
            var share = (double)running.Size / BulkStepSize.Max; // a search that takes too long reads fewer rows as well
            var page = await subject.PageAsync(running.Order, running.UpTo, running.Position, running.Size, share, deadline.Token); // before the transaction, which it would make longer
            (only, isSearching) = (page.Items is [var id] ? id : null, false);
            var next = await CommitAsync(unit, transaction => StepAsync(transaction, subject, running, page, holder, deadline.Token), deadline.Token);
            return next is null ? null : next with { Size = BulkStepSize.AfterSuccess(running.Size, Stopwatch.GetElapsedTime(start), StepDeadline) };
        }
        catch (Exception exception) when (exception is OperationCanceledException or StoreUnavailableException { IsTimeout: true }
            && deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BulkStepException(new TimeoutException($"A step of {running.Size} took longer than {StepDeadline.TotalSeconds} s.", exception), only, isSearching);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BulkStepException(exception, only, isSearching);
        }
    }

    /// <summary>Records that a step has failed, and what follows.</summary>
    /// <returns>The action after it, and what follows; null if another process holds it by now, or somebody has stopped it.</returns>
    public Task<(RunningBulkAction Action, BulkRetry Next)?> FailAsync(RunningBulkAction running, Guid holder, BulkStepException failure, CancellationToken cancellationToken) => InUnitAsync(
        async transaction =>
        {
            var (now, id) = (time.GetUtcNow(), running.Action.Id);
            var next = BulkRetry.After(running, failure, now);
            var freeAt = next.Pause > TimeSpan.Zero ? now + next.Pause : DateTimeOffset.UnixEpoch;
            if (await transaction.ExecuteAsync(BulkActionSql.Fail, cancellationToken, id, running.Step, holder, next.Error, new StoreTime(freeAt), next.Size, new StoreTime(now)) == 0)
            {
                return null;
            }

            if (next.IsLast)
            {
                await EndAsync(transaction, id, BulkActionState.Failed, now, cancellationToken);
            }

            return ((RunningBulkAction, BulkRetry)?)(await ReadAsync(transaction, id, cancellationToken), next);
        },
        cancellationToken);

    /// <summary>Lets go of what a process holds, so that another one need not wait until its lease is over.</summary>
    public Task ReleaseAsync(Guid holder, CancellationToken cancellationToken) => InUnitAsync(
        transaction => transaction.ExecuteAsync(BulkActionSql.Release, cancellationToken, holder, new StoreTime(DateTimeOffset.UnixEpoch)), cancellationToken);

    private async Task<RunningBulkAction?> StepAsync(
        OutboxTransaction transaction, IBulkSubject subject, RunningBulkAction running, Page<Guid> page, Guid holder, CancellationToken cancellationToken)
    {
        var (now, id) = (time.GetUtcNow(), running.Action.Id);
        if (await transaction.ExecuteAsync(BulkActionSql.Advance, cancellationToken, id, running.Step, holder, page.Next, new StoreTime(now + Lease), running.Size) == 0)
        {
            return null;
        }

        var change = page.Items.Count == 0 ? BulkChange.None : await subject.ActAsync(running.Order, page.Items, now, cancellationToken);
        await transaction.ExecuteAsync(BulkActionSql.Count, cancellationToken, id, change.Ids.Count, page.Items.Count - change.Ids.Count, change.ReasonOfSome);
        if (change.Ids.Count > 0)
        {
            await BulkAudit.SteppedAsync(transaction, running.Action, change, now, cancellationToken);
        }

        if (page.Next is null)
        {
            await EndAsync(transaction, id, BulkActionState.Done, now, cancellationToken);
        }

        return await ReadAsync(transaction, id, cancellationToken);
    }

    private static async Task EndAsync(OutboxTransaction transaction, Guid id, BulkActionState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(BulkActionSql.End, cancellationToken, id, state, new StoreTime(now));
        var ended = (await ReadAsync(transaction, id, cancellationToken)).Action;
        await BulkAudit.EndedAsync(transaction, ended, "bulk-action.end", ended.Who, now, cancellationToken);
    }

    private static async Task<RunningBulkAction> ReadAsync(OutboxTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        (await transaction.QueryAsync(BulkActionSql.SelectOne, BulkActionSql.ReadRunning, cancellationToken, id))[0];

    private async Task<T> InUnitAsync<T>(Func<OutboxTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await CommitAsync(scope.ServiceProvider.GetRequiredService<UnitOfWork>(), action, cancellationToken);
    }

    /// <summary>Commits an action that has a result; without one there is nothing to commit.</summary>
    private static async Task<T> CommitAsync<T>(UnitOfWork unit, Func<OutboxTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        var isCommitted = false;
        try
        {
            var result = await unit.InTransactionAsync(action, cancellationToken);
            if (result is not null)
            {
                await unit.CommitAsync(cancellationToken);
                isCommitted = true;
            }

            return result;
        }
        finally
        {
            if (!isCommitted)
            {
                await unit.DiscardAsync();
            }
        }
    }
}
