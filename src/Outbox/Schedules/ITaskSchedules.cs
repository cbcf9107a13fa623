namespace Messaging.Outbox;

/// <summary>
/// Schedules: tasks that are enqueued at the times of a cron expression. Changes are committed, together with an audit entry, by the scope's
/// <see cref="IUnitOfWork"/>.
/// </summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/> when the database is unavailable.</remarks>
public interface ITaskSchedules
{
    /// <summary>Validates a definition: the errors by the name of the field in camel case; empty if it is valid.</summary>
    IReadOnlyDictionary<string, string> Check(ScheduleDefinition definition);

    /// <summary>Schedules ordered by name.</summary>
    /// <param name="limit">The maximum number.</param>
    /// <param name="after">Starts after this name. Default: at the first one.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    Task<IReadOnlyList<ScheduleRecord>> ListAsync(int limit, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>The schedule with its next due times; null if it does not exist.</summary>
    Task<ScheduleRecord?> FindAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Creates or replaces a schedule. A pending due time stays, unless the expression or the time zone changes. Otherwise the next due time is
    /// computed from now, and never from before the last run.
    /// </summary>
    /// <param name="definition">A definition that <see cref="Check"/> accepts.</param>
    /// <param name="paused">Whether it is paused. Default: unchanged; a new one is not paused.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    Task<SchedulePut> PutAsync(ScheduleDefinition definition, bool? paused, string who, CancellationToken cancellationToken = default);

    /// <summary>Creates or replaces a schedule as the other overload does, if a condition is met.</summary>
    /// <param name="definition">A definition that <see cref="Check"/> accepts.</param>
    /// <param name="paused">Whether it is paused. Default: unchanged; a new one is not paused.</param>
    /// <param name="who">Who requests it; recorded in the audit log.</param>
    /// <param name="condition">The condition; it is checked in the transaction of the change.</param>
    /// <param name="cancellationToken">Cancels the action.</param>
    /// <exception cref="ScheduleConflictException">The condition is not met; nothing is changed.</exception>
    Task<SchedulePut> PutAsync(ScheduleDefinition definition, bool? paused, string who, SchedulePutCondition? condition, CancellationToken cancellationToken);

    /// <summary>Pauses a schedule: it enqueues nothing until it is resumed.</summary>
    /// <returns>The schedule; null if it does not exist.</returns>
    Task<ScheduleRecord?> PauseAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Resumes a schedule from now on; due times during the pause are skipped.</summary>
    /// <returns>The schedule; null if it does not exist.</returns>
    /// <exception cref="ScheduleNotRunnableException">Its time zone is not known on this system.</exception>
    Task<ScheduleRecord?> ResumeAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Enqueues the schedule's task once, now, even if it is paused. The next due time does not change.</summary>
    /// <returns>The task's id; null if the schedule does not exist.</returns>
    /// <exception cref="ScheduleNotRunnableException">The message's type is not known here, or the message no longer matches it.</exception>
    Task<Guid?> RunAsync(string name, string who, CancellationToken cancellationToken = default);

    /// <summary>Deletes a schedule. Tasks that it has enqueued stay.</summary>
    /// <returns>False if it does not exist.</returns>
    Task<bool> DeleteAsync(string name, string who, CancellationToken cancellationToken = default);
}
