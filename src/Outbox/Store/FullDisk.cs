namespace Messaging.Outbox.Store;

/// <summary>
/// Remembers that a commit found the database's disk full. Such a database answers and reads as ever, so that only a write can tell when there is
/// space again; one is tried only then, for each health check writes nothing at rest.
/// </summary>
internal sealed class FullDisk
{
    private volatile bool _isFull;

    /// <summary>Whether the last commit found it full, and nothing was written since.</summary>
    public bool IsFull => _isFull;

    public async Task<T> WatchAsync<T>(Func<Task<T>> commit)
    {
        try
        {
            var result = await commit();
            _isFull = false;
            return result;
        }
        catch (StoreUnavailableException exception) when (SqlErrors.IsDiskFull(exception))
        {
            _isFull = true;
            throw;
        }
    }

    /// <param name="probe">Throws as long as nothing can be written.</param>
    public async Task CheckAsync(Func<Task> probe)
    {
        if (_isFull)
        {
            await probe();
            _isFull = false;
        }
    }
}
