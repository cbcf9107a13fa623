namespace Messaging.Outbox;

/// <summary>Reads which processes of the service are alive.</summary>
public interface IProcessStore
{
    /// <summary>
    /// The processes that have reported within three times <see cref="OutboxOptions.QueueReportInterval"/>, ordered by name. One that
    /// stops leaves at once.
    /// </summary>
    /// <exception cref="StoreUnavailableException">
    /// The database did not answer within <see cref="OutboxOptions.CommitTimeout"/>.
    /// </exception>
    Task<IReadOnlyList<ProcessRecord>> ListAsync(CancellationToken cancellationToken = default);
}
