namespace Messaging.Outbox.Store;

/// <summary>
/// Remembers that a commit found the database's disk full. Such a database still answers queries, so only a write shows whether
/// there is space again. A test write is only made while the disk is full, so that health checks normally write nothing.
/// </summary>
internal sealed class FullDisk
{
    private volatile bool _isFull;

    /// <summary>Whether the last commit found the disk full, and no write has succeeded since.</summary>
    public bool IsFull => _isFull;

    /// <param name="commit">The commit, or a part of it.</param>
    /// <param name="isWritten">Whether a result says that new rows were written; without any nothing is known about the disk.</param>
    public async Task<T> WatchAsync<T>(Func<Task<T>> commit, Func<T, bool> isWritten)
    {
        try
        {
            var result = await commit();
            if (isWritten(result))
            {
                _isFull = false;
            }

            return result;
        }
        catch (StoreUnavailableException exception) when (SqlErrors.IsDiskFull(exception))
        {
            _isFull = true;
            throw;
        }
    }

    /// <param name="probe">A test write, which throws while the disk is full.</param>
    public async Task CheckAsync(Func<Task> probe)
    {
        if (_isFull)
        {
            await probe();
            _isFull = false;
        }
    }
}
